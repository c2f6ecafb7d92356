"""What a person posts, splits, applies or reverses by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.practice.models import Payer
from apps.remittances.rules.entered import EnteredAdjustment, UnreadableEntryError, read_provider_adjustments
from apps.remittances.services.enter_eob import METHODS


def _dollars_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class SplitForm(forms.Form):
    """What of the money goes to no claim, and why it is split. The claims themselves are read by `views.typed`."""

    apart = forms.DecimalField(
        label="Set apart",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=_dollars_input(),
        help_text="Dollars that belong to none of these claims. They wait as cash not applied.",
    )
    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )


class ApplyForm(forms.Form):
    """Why money that was set apart belongs to these claims."""

    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )


class EobForm(forms.Form):
    """The head of a payer's paper. Its claims are read by `views.typed`."""

    payer = forms.ModelChoiceField(Payer.objects.none(), to_field_name="public_id", empty_label="Choose")
    method = forms.ChoiceField(label="Paid by", choices=list(METHODS.items()))
    trace_number = forms.CharField(
        label="Number of the check or transfer",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For an EOB without a payment, its own number.",
    )
    paid_on = forms.DateField(
        label="Date of the payment", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    amount = forms.DecimalField(
        label="Amount",
        min_value=0,
        max_digits=11,
        decimal_places=2,
        widget=_dollars_input(),
        help_text="0.00 if nothing was paid.",
    )
    adjustments = forms.CharField(
        label="Adjustments of the payment as a whole",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Such as WO 25.00; interest paid to us is L6 -1.20. Positive takes from the payment.",
    )
    leave_rest = forms.BooleanField(
        label="What no claim explains waits as an exception",
        required=False,
        help_text="For a part that is not ours, or that the paper does not explain.",
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where the paper is kept, for instance. Kept with your name.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Payer.objects.order_by("name")

    def clean_adjustments(self) -> tuple[EnteredAdjustment, ...]:
        try:
            return read_provider_adjustments(self.cleaned_data["adjustments"])
        except UnreadableEntryError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class UndoForm(forms.Form):
    """Why a payment that was entered from paper is undone."""

    note = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What was wrong with it. Kept with your name.",
    )


class VersionForm(forms.Form):
    """The version of a claim that a payer's answer is for."""

    version = forms.TypedChoiceField(label="It answers", coerce=int)
    note = forms.CharField(
        label="Note",
        max_length=200,
        help_text="How you found out: who at the payer said so, or what its portal shows. Kept with your name.",
    )

    def __init__(self, *args: Any, versions: Sequence[tuple[int, int]], **kwargs: Any) -> None:
        """`versions`: by what each is known, and its number."""
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "Choose"), *((key, f"Version {number}") for key, number in versions)]


class ReversalForm(forms.Form):
    """A payer's letter that takes an answer back."""

    letter_on = forms.DateField(
        label="Date of the letter", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Which letter asks for it, and where it is kept. Kept with your name.",
    )
