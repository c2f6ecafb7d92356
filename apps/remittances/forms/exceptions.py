"""How an exception is settled."""

from decimal import Decimal
from typing import Any

from django import forms

from apps.core.reason_codes import CARCS
from apps.remittances.rules.by_hand import HandPosting


class NoteForm(forms.Form):
    """How an exception is settled otherwise than by hand."""

    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )
    claim = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)


class HandForm(NoteForm):
    """Amounts from the payer's paper or portal, dollars. What they leave of the charge is denied by the code."""

    contractual = forms.DecimalField(label="Contract write-off", min_value=0, decimal_places=2, required=False)
    deductible = forms.DecimalField(label="Deductible", min_value=0, decimal_places=2, required=False)
    coinsurance = forms.DecimalField(label="Coinsurance", min_value=0, decimal_places=2, required=False)
    copay = forms.DecimalField(label="Copay", min_value=0, decimal_places=2, required=False)
    denial_code = forms.ChoiceField(label="Rest denied because", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(code, f"{code}: {sentence}") for code, sentence in CARCS.items()]
        denial_code = self.fields["denial_code"]
        assert isinstance(denial_code, forms.ChoiceField)  # noqa: S101  declared above
        denial_code.choices = [("", "Nothing is left"), *codes]

    def posting(self, paid: Decimal) -> HandPosting:
        """`paid` as the remittance says it; a form that asks for it counts instead."""
        names = ("contractual", "deductible", "coinsurance", "copay")
        amounts = {name: self.cleaned_data[name] or Decimal("0.00") for name in names}
        return HandPosting(
            paid=self.cleaned_data.get("paid", paid), denial_code=self.cleaned_data["denial_code"], **amounts
        )


class SpoiledHandForm(HandForm):
    """For a claim that the file spoils: what was paid is not known from it either."""

    paid = forms.DecimalField(
        label="Paid", min_value=0, decimal_places=2, help_text="From what no other claim explains of this payment."
    )
