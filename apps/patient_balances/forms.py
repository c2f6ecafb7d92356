"""What people type on the patient pages and on the staff's."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.ledger.models import WriteOffReason
from apps.patient_balances.models import Balance, Refund
from apps.patient_balances.selectors.statement import Visit
from apps.patient_balances.services import PaidBack


class TokenForm(forms.Form):
    token = forms.RegexField(r"^[A-Za-z0-9_-]{43}$", max_length=43)


class IdentityForm(forms.Form):
    """A half-filled form is not a try."""

    birth_date = forms.DateField(
        label=_("Your birth date"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday", "class": "input"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter your birth date."),
            "invalid": _("Enter the date as month, day and year, for example 03/12/1984."),
        },
    )
    postcode = forms.RegexField(
        r"^\d{5}([- ]?\d{4})?$",
        label=_("Your ZIP code"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "postal-code", "class": "input", "maxlength": 10}
        ),
        error_messages={"required": _("Enter your ZIP code."), "invalid": _("A ZIP code has five digits.")},
    )


class AmountForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount to pay now"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input money-in"}),
        error_messages={
            "required": _("Enter an amount."),
            "invalid": _("Enter an amount in dollars and cents, for example 25.00."),
            "min_value": _("Enter an amount between $1.00 and what you owe."),
            "max_decimal_places": _("Enter an amount in dollars and cents, for example 25.00."),
        },
    )


_LABELS = {
    "insurance": _("Name of the insurance and member ID"),
    "question": _("What looks wrong?"),
    "plan": _("What could you pay each month? (if you know)"),
}


class RequestForm(forms.Form):
    """Where there are several visits, the patient may name one."""

    text = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "textarea"}),
        error_messages={"required": _("Write a few words, so that we can help.")},
    )

    def __init__(self, data: Any, *, what: str, visits: Sequence[Visit]) -> None:
        super().__init__(data)
        self.fields["text"].label = _LABELS[what]
        self.fields["text"].required = what != "plan"
        if len(visits) > 1:
            choices = [("", gettext("All of them")), *((visit.balance.public_id, _named(visit)) for visit in visits)]
            self.fields["visit"] = forms.ChoiceField(
                label=gettext("Which visit?"),
                choices=choices,
                required=False,
                widget=forms.Select(attrs={"class": "select"}),
            )


def _named(visit: Visit) -> str:
    month = MONTHS[visit.on.month]
    return gettext("%(month)s %(day)s, $%(amount)s") % {
        "month": month,
        "day": visit.on.day,
        "amount": f"{visit.owed:,.2f}",
    }


class StopForm(forms.Form):
    """Reasons that a person may give; the others come from the data."""

    reason = forms.ChoiceField(
        label="Reason",
        choices=[
            (stop.value, stop.label)
            for stop in Balance.Stop
            if stop not in {Balance.Stop.PROTECTED, Balance.Stop.OTHER_COVERAGE, Balance.Stop.WITH_PAYER}
        ],
    )


class WriteOffForm(forms.Form):
    reason = forms.ChoiceField(label="Reason", choices=[("", "Choose"), *WriteOffReason.choices])
    note = forms.CharField(label="Note", max_length=200, required=False, help_text="Kept with your name.")


class DecisionForm(forms.Form):
    """An administrator's word on a write-off that somebody asked for."""

    note = forms.CharField(label="Note", max_length=200, required=False, help_text="Needed where you refuse.")


class SettleForm(forms.Form):
    """Money under review: `gives_up` where something is owed to us, `gives_back` where we owe it."""

    reason = forms.ChoiceField(label="Why it is given up", choices=[("", "Choose"), *WriteOffReason.choices])
    method = forms.ChoiceField(label="Paid back by", choices=[("", "Choose"), *Refund.Method.choices])
    number = forms.CharField(label="Number of the check or transfer", max_length=60)
    paid_on = forms.DateField(label="Paid back on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="What was done with the money", max_length=200, help_text="Kept with your name.")

    def __init__(self, *args: Any, gives_up: bool, gives_back: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (() if gives_up else ("reason",)) + (() if gives_back else ("method", "number", "paid_on")):
            del self.fields[name]

    @property
    def paid_back(self) -> PaidBack | None:
        told = self.cleaned_data
        return PaidBack(told["method"], told["number"], told["paid_on"]) if "method" in told else None


class CompareForm(forms.Form):
    """What the bank keeps of a disputed payment by now, as a person sees it at the processor."""

    kept = forms.DecimalField(
        label="The bank keeps, by the processor",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="Of what it took, the part that it has not given again. Without fees.",
    )


class RefundParkedForm(forms.Form):
    """Money that was set apart goes back to its payer."""

    amount = forms.DecimalField(
        label="Amount",
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    method = forms.ChoiceField(label="Paid back by", choices=[("", "Choose"), *Refund.Method.choices])
    number = forms.CharField(label="Number of the check or transfer", max_length=60)
    paid_on = forms.DateField(label="Paid back on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="Why it goes back", max_length=200, help_text="Kept with your name.")

    @property
    def paid_back(self) -> PaidBack:
        return PaidBack(self.cleaned_data["method"], self.cleaned_data["number"], self.cleaned_data["paid_on"])
