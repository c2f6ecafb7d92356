"""What a person says of a visit."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms

from apps.connectors.ports.ehr import EhrCharge
from apps.intake.models import Coverage, NotCharged, Patient
from apps.practice.models import Location, Provider

MOST_DIAGNOSES = 12
SELF_PAY = "self_pay"


class NotChargedForm(forms.Form):
    outcome = forms.ChoiceField(label="Why", choices=NotCharged.Outcome.choices)
    reason = forms.CharField(label="Reason", max_length=200, required=False)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.upper() for part in text.replace(",", " ").replace(";", " ").split())


class VisitForm(forms.Form):
    """The visit itself. Nothing of a plan is guessed: one of the patient's is chosen, or self-pay."""

    provider = forms.ModelChoiceField(Provider.objects.none(), to_field_name="public_id", empty_label="Choose")
    location = forms.ModelChoiceField(
        Location.objects.none(), to_field_name="public_id", empty_label="Not told", required=False
    )
    service_date = forms.DateField(label="Date of service", widget=forms.DateInput(attrs={"type": "date"}))
    place_of_service = forms.RegexField(r"^\d{2}$", label="Place of service", max_length=2, initial="11")
    coverage = forms.ChoiceField(label="Billed to")
    diagnoses = forms.CharField(
        max_length=140, help_text="ICD-10-CM, the first one first: J01.90 R05.9", widget=forms.TextInput
    )
    second_visit = forms.BooleanField(label="A second visit to this provider on that day", required=False)
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = list(
            Coverage.objects.filter(patient=patient, ends_on=None).select_related("payer").order_by("rank", "pk")
        )
        self._plans = {plan.public_id: plan for plan in plans}
        self._choose("provider", Provider.objects.filter(active=True).order_by("last_name", "first_name"))
        self._choose("location", Location.objects.order_by("name"))
        choices = [
            (key, f"{plan.payer.name}, pays {_ORDER.get(plan.rank, 'later')}") for key, plan in self._plans.items()
        ]
        coverage = self.fields["coverage"]
        assert isinstance(coverage, forms.ChoiceField)  # noqa: S101  declared above
        coverage.choices = [*choices, (SELF_PAY, "The patient (self-pay)")]

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = rows

    def clean_coverage(self) -> Coverage | None:
        return self._plans.get(self.cleaned_data["coverage"])

    def clean_diagnoses(self) -> tuple[str, ...]:
        codes = tuple(code.replace(".", "") for code in _codes(self.cleaned_data["diagnoses"]))
        if len(codes) > MOST_DIAGNOSES:
            raise forms.ValidationError("A claim holds at most twelve diagnoses.")
        return codes


_ORDER = {1: "first", 2: "second", 3: "third"}


class LineForm(forms.Form):
    """One charge line. Of a line without a code nothing else is asked."""

    procedure = forms.CharField(label="Code", max_length=20, required=False)
    modifiers = forms.CharField(max_length=24, required=False)
    units = forms.DecimalField(max_digits=8, decimal_places=3, required=False, widget=forms.TextInput)
    amount = forms.DecimalField(
        label="Amount, whole line", max_digits=9, decimal_places=2, min_value=0, required=False, widget=forms.TextInput
    )
    pointers = forms.CharField(label="For diagnosis", max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.fields["units"].widget.attrs["placeholder"] = "1"
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"

    @property
    def is_blank(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("procedure", "modifiers", "amount"))

    def clean_procedure(self) -> str:
        code = str(self.cleaned_data["procedure"]).strip().upper()
        if not code:
            raise forms.ValidationError("The line has no code.")
        return code

    def clean_modifiers(self) -> tuple[str, ...]:
        return _codes(self.cleaned_data["modifiers"])

    def clean_units(self) -> Decimal:
        return Decimal(1) if self.cleaned_data["units"] is None else self.cleaned_data["units"]

    def clean_pointers(self) -> tuple[int, ...]:
        parts = _codes(self.cleaned_data["pointers"])
        if not all(part.isdecimal() for part in parts) or len(parts) > 4:
            raise forms.ValidationError("Up to four places among the diagnoses: 1 2")
        return tuple(int(part) for part in parts)

    def charge(self, number: int, *, diagnoses: Collection[str]) -> EhrCharge:
        """Without places of its own it points at the first four diagnoses, as a line of a charge file does."""
        told = self.cleaned_data
        pointers = told["pointers"] or tuple(range(1, min(len(diagnoses), 4) + 1))
        return EhrCharge(f"L{number}", told["procedure"], told["modifiers"], told["units"], told["amount"], pointers)

    def check(self, *, diagnoses: int) -> None:
        """What a line says only beside the visit. The form is clean."""
        if self.cleaned_data["amount"] is None:
            self.add_error("amount", "The line has no amount, and this code was never charged before.")
        if any(not 1 <= place <= diagnoses for place in self.cleaned_data["pointers"]):
            self.add_error("pointers", f"The visit has {diagnoses} diagnoses.")
