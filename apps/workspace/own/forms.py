"""The forms of the practice's own data. What a payer's front door would refuse is refused here already."""

from typing import Any, cast

from django import forms

from apps.claims.rules.shapes import STATES, is_npi, is_po_box, is_postcode, is_tax_id, is_taxonomy
from apps.practice.models import Location, Practice, Provider
from apps.workspace.own.phones import PhoneField

_LABELS = {"line1": "Street", "line2": "Second line", "npi": "NPI", "tax_id_kind": "Kind of tax ID"}
_NUMBERS = ("tax_id", "tax_id_kind", "npi", "taxonomy")
_ADDRESS = ("line1", "line2", "city", "state", "postcode")


class _OwnForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    def clean_npi(self) -> str:
        npi: str = self.cleaned_data["npi"]
        if npi and not is_npi(npi):
            raise forms.ValidationError("This is no NPI: ten digits, of which the last one checks the others.")
        return npi

    def clean_taxonomy(self) -> str:
        taxonomy = str(self.cleaned_data["taxonomy"]).upper()
        if taxonomy and not is_taxonomy(taxonomy):
            raise forms.ValidationError("A taxonomy code has ten signs and ends with X, for example 207Q00000X.")
        return taxonomy

    def clean_state(self) -> str:
        state = str(self.cleaned_data["state"]).upper()
        if state and state not in STATES:
            raise forms.ValidationError("Write the state's two letters, for example TX.")
        return state

    def clean_postcode(self) -> str:
        postcode = str(self.cleaned_data["postcode"]).replace("-", "").strip()
        if postcode and not is_postcode(postcode):
            raise forms.ValidationError("A ZIP has 5 or 9 digits.")
        return postcode


class PracticeForm(_OwnForm):
    tax_id = forms.CharField(label="Tax ID", max_length=11)
    phone = PhoneField()
    call_back_number = PhoneField(label="Number that patients call")
    postcode = forms.CharField(
        label="ZIP", max_length=10, help_text="Nine digits: claims (837P) want the last four too"
    )

    class Meta:
        model = Practice
        fields = ("name", "messaging_name", *_NUMBERS, "phone", "call_back_number", *_ADDRESS)
        labels = {**_LABELS, "messaging_name": "Name in texts and emails"}
        help_texts = {"npi": "A physician who bills under their own NPI is named in claims as that person"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("line1", "city", "state"):
            self.fields[name].required = True

    def clean_tax_id(self) -> str:
        tax_id = str(self.cleaned_data["tax_id"]).replace("-", "").strip()
        if not is_tax_id(tax_id):
            raise forms.ValidationError("A tax ID has nine digits.")
        return tax_id

    def clean_line1(self) -> str:
        """X222A1 2010AA N3: the billing provider's address is a street."""
        line: str = self.cleaned_data["line1"]
        if is_po_box(line):
            raise forms.ValidationError("The billing address of a claim is a street, no PO box.")
        return line


class LocationForm(_OwnForm):
    phone = PhoneField(required=False)
    postcode = forms.CharField(label="ZIP", max_length=10, required=False)
    clean_taxonomy = None  # type: ignore[assignment]  # a place has none

    class Meta:
        model = Location
        fields = ("name", "npi", "phone", "clia_number", "clia_certificate", *_ADDRESS)
        labels = _LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "None" is a choice; Django's row of dashes says nothing.
        field = cast("forms.ChoiceField", self.fields["clia_certificate"])
        field.choices = [("", "None"), *Location.Certificate.choices]


class ProviderForm(_OwnForm):
    clean_state = clean_postcode = None  # type: ignore[assignment]  # a person has no address here

    class Meta:
        model = Provider
        fields = ("first_name", "last_name", "npi", "taxonomy", "confirmed", "active")
        labels = {**_LABELS, "confirmed": "Somebody has looked at the numbers", "active": "Renders care here now"}
