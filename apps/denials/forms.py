from collections.abc import Iterable
from typing import Any

from django import forms

from apps.denials.models import Denial
from apps.ledger.models import WriteOffReason
from apps.worklist.forms import LeastAmountField

# (value, label, how many)
_Choice = tuple[str, str, int]


class FilterForm(forms.Form):
    """Reason code, payer and the least amount; the choices are those that the view holds, with how many each."""

    code = forms.ChoiceField(label="Reason code", required=False)
    payer = forms.ChoiceField(label="Payer", required=False)
    amount = LeastAmountField()

    def __init__(self, *args: Any, codes: Iterable[_Choice], payers: Iterable[_Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every, found in (("code", "All codes", codes), ("payer", "All payers", payers)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = [("", every), *((value, f"{label} ({number})") for value, label, number in found)]


class ConfirmForm(forms.Form):
    modifier = forms.CharField(label="Modifier", max_length=2)
    confirmation = forms.CharField(
        label="Where the record supports it",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name.",
    )


class LetterForm(forms.Form):
    subject = forms.CharField(label="Subject", max_length=200)
    text = forms.CharField(
        label="Letter", widget=forms.Textarea(attrs={"rows": 14}), help_text="Empty lines part paragraphs."
    )


class SentForm(forms.Form):
    channel = forms.ChoiceField(label="Sent by", choices=Denial.Channel.choices)
    tracking_number = forms.CharField(label="Tracking or reference number", max_length=60)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=200, help_text="Kept with your name.")


class WriteOffForm(forms.Form):
    """`rights`: the sentence on appeal rights that remain; giving them up takes a tick."""

    reason = forms.ChoiceField(label="Reason", choices=[("", "Choose"), *WriteOffReason.choices])
    note = forms.CharField(label="Note", max_length=200, required=False, help_text="Kept with your name.")
    rights_given_up = forms.BooleanField(label="I give the right to appeal up", required=False)

    def __init__(self, *args: Any, rights: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rights:
            del self.fields["rights_given_up"]


class DecisionForm(forms.Form):
    """An administrator's word on a write-off that somebody asked for."""

    note = forms.CharField(label="Note", max_length=200, required=False, help_text="Needed where you refuse.")
