from datetime import date
from typing import Any

from django import forms

from apps.practice.models import VendorAgreement
from apps.workspace.setup.agreements import name_of, vendors

_DAY = forms.DateInput(attrs={"type": "date"})


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = VendorAgreement
        fields = ("signed_on", "ends_on", "kept_at")
        labels = {"signed_on": "Signed on", "ends_on": "Ends on", "kept_at": "Where the signed copy is kept"}
        help_texts = {"ends_on": "Its last day. Empty: until it is ended"}
        widgets = {"signed_on": _DAY, "ends_on": _DAY}

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        signed, ends = told.get("signed_on"), told.get("ends_on")
        if isinstance(signed, date) and isinstance(ends, date) and ends < signed:
            self.add_error("ends_on", "This day is before the one on which it was signed.")
        return told


class VendorForm(forms.Form):
    """Which vendor an agreement is to be entered for."""

    vendor = forms.ChoiceField(label="Vendor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["vendor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", "Choose"), *((vendor, name_of(vendor)) for vendor in vendors())]
