"""What a person types of an authorization or a referral."""

from typing import Any

from django import forms

from apps.claims.rules.shapes import is_procedure
from apps.intake.models import Patient
from apps.practice.models import Payer, RequiredNumber


class AuthorizationForm(forms.Form):
    """As the payer's letter or portal gives it. The same number of the same payer again changes what is on file."""

    kind = forms.ChoiceField(choices=RequiredNumber.choices)
    payer = forms.ModelChoiceField(
        Payer.objects.none(), to_field_name="public_id", label="Payer", empty_label="Choose a payer"
    )
    number = forms.CharField(max_length=50)
    procedures = forms.CharField(
        required=False, max_length=200, help_text="CPT or HCPCS codes, with blanks between. Empty: any"
    )
    starts_on = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    units = forms.DecimalField(
        label="Units allowed",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=3,
        help_text="Of a referral: visits. Empty: no limit told",
    )

    def __init__(self, patient: Patient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payer = self.fields["payer"]
        assert isinstance(payer, forms.ModelChoiceField)  # noqa: S101  declared above
        payer.queryset = Payer.objects.filter(coverages__patient=patient).distinct().order_by("name")

    def clean_number(self) -> str:
        return " ".join(self.cleaned_data["number"].split())

    def clean_procedures(self) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(self.cleaned_data["procedures"].replace(",", " ").upper().split()))
        wrong = [code for code in codes if not is_procedure(code)]
        if wrong:
            raise forms.ValidationError(f"{wrong[0]} is not a CPT or HCPCS code.")
        return codes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "Its last day lies before its first.")
        return data
