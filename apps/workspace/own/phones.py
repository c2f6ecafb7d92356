"""A phone number as people read and type it, kept as the texts and the claims want it."""

from typing import Any

from django import forms

from apps.connectors.phones import e164
from apps.core.shown import phone

# "+1" and ten digits: without its area code nobody elsewhere can call it.
_US_SIGNS = 12


class PhoneField(forms.CharField):
    """Shows "(512) 555-0142", takes a US number however it is written, gives "+15125550142"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> str:
        return phone(str(value or ""))

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if any(sign.isdigit() for sign in written) and any(sign.isalpha() for sign in written):
            raise forms.ValidationError("Leave the extension out: texts and claims carry ten digits alone.")
        number = e164(written)
        if written and len(number) != _US_SIGNS:
            raise forms.ValidationError("Write ten digits with the area code, for example (512) 555-0142.")
        return number
