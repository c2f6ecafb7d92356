from typing import Any

from django import forms

from apps.eligibility.services import NewCoverage
from apps.practice.models import Payer

RELATIONSHIPS = (
    ("18", "The patient"),
    ("01", "The patient's spouse"),
    ("19", "The patient's parent"),
    ("G8", "Somebody else"),
)


class NewCoverageForm(forms.Form):
    """From the card in the patient's hand."""

    payer = forms.ModelChoiceField(Payer.objects.order_by("name"), to_field_name="public_id", label="Payer")
    member_id = forms.CharField(label="Member ID", max_length=80)
    group_number = forms.CharField(label="Group", max_length=50, required=False)
    relationship = forms.ChoiceField(label="The card is of", choices=RELATIONSHIPS)
    subscriber_first_name = forms.CharField(label="Their first name", max_length=35, required=False)
    subscriber_last_name = forms.CharField(label="Their last name", max_length=60, required=False)
    subscriber_birth_date = forms.DateField(
        label="Their birth date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("relationship") not in {None, "18"}:
            for name in ("subscriber_last_name", "subscriber_birth_date"):
                if not data.get(name):
                    self.add_error(name, "Needed when the card is somebody else's.")
        return data

    def coverage(self) -> NewCoverage:
        return NewCoverage(**self.cleaned_data)


class PhoneForm(forms.Form):
    phone_reference = forms.CharField(label="Reference number of the call", max_length=40)
