"""What a person types on the pages of the workspace."""

from django import forms


class HospiceForm(forms.Form):
    """A patient's hospice election; with a first day that is known already, its last day is set."""

    starts_on = forms.DateField(label="Elected from", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: it is in force.",
    )
    source = forms.CharField(
        label="Where it was learned", max_length=120, help_text="The hospice's letter, the payer's answer."
    )
