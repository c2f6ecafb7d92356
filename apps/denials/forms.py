from collections.abc import Iterable
from typing import Any

from django import forms

from apps.core.reason_codes import carc_sentence, is_carc
from apps.denials.models import Denial, Lane
from apps.denials.services import Route
from apps.ledger.models import WriteOffReason
from apps.practice.models import Payer
from apps.practice.roles import Permission, Role, may
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
        codes = [(code, f"{code}: {carc_sentence(code)}" if code else label, number) for code, label, number in codes]
        for name, every, found in (("code", "All codes", codes), ("payer", "All payers", payers)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = [("", every), *((value, f"{label} ({number})") for value, label, number in found)]


# Who may open a denial: a task of another role could not be worked.
_OWNERS = [(role.value, role.label) for role in Role if may(role, Permission.WORK_DENIALS)]


class RouteForm(forms.Form):
    """A routing rule. Without `has_condition`, as the last one, it takes everything."""

    carc = forms.CharField(
        label="Reason code",
        max_length=5,
        required=False,
        help_text="A CARC without its group, as 22 or B15. Empty: any.",
    )
    payer = forms.ModelChoiceField(
        Payer.objects.none(), to_field_name="public_id", required=False, empty_label="Every payer"
    )
    lane = forms.ChoiceField(choices=Lane.choices)
    owner_role = forms.ChoiceField(label="Who works it", choices=_OWNERS)
    first_action = forms.CharField(
        label="First action", max_length=200, help_text="The title of the task, and what the denial's page asks for."
    )

    def __init__(self, *args: Any, has_condition: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_condition:
            del self.fields["carc"], self.fields["payer"]
            return
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Payer.objects.order_by("name")

    def clean_carc(self) -> str:
        carc = str(self.cleaned_data["carc"]).upper()
        if carc and not is_carc(carc):
            raise forms.ValidationError("A reason code is up to three digits, some with a letter before them: 22, B15.")
        return carc

    def route(self) -> Route:
        told = self.cleaned_data
        return Route(told.get("carc", ""), told.get("payer"), told["lane"], told["owner_role"], told["first_action"])


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
