"""What a person reads from a patient's card and asks the patient."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.core.odd_days import odd_birth_date
from apps.intake.services.enter_coverage import Card
from apps.intake.services.enter_patient import EnteredPatient
from apps.practice.models import Payer

RELATIONSHIPS = (
    ("18", "The patient"),
    ("01", "The patient's spouse"),
    ("19", "The patient's parent"),
    ("G8", "Somebody else"),
)
SEXES = (("", "Not known"), ("F", "Female"), ("M", "Male"), ("U", "Unknown"))
_DAY = {"type": "date"}


def _checked_birth_date(day: date | None, today: date) -> date | None:
    odd = odd_birth_date(day, today) if day else ""
    if odd:
        raise forms.ValidationError(f"The birth date {odd}. Look at the year.")
    return day


class CardForm(forms.Form):
    """From the card in the patient's hand. `today` is practice-local: nobody is born after it."""

    payer = forms.ModelChoiceField(Payer.objects.order_by("name"), to_field_name="public_id", empty_label="Choose")
    member_id = forms.CharField(label="Member ID", max_length=80)
    group_number = forms.CharField(label="Group", max_length=50, required=False)
    relationship = forms.ChoiceField(label="The card is of", choices=RELATIONSHIPS)
    subscriber_first_name = forms.CharField(label="Their first name", max_length=35, required=False)
    subscriber_last_name = forms.CharField(label="Their last name", max_length=60, required=False)
    subscriber_birth_date = forms.DateField(
        label="Their birth date", required=False, widget=forms.DateInput(attrs=_DAY)
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_subscriber_birth_date(self) -> date | None:
        return _checked_birth_date(self.cleaned_data["subscriber_birth_date"], self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("relationship") not in {None, "18"}:
            for name in ("subscriber_last_name", "subscriber_birth_date"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "Needed when the card is somebody else's.")
        return data

    def card(self) -> Card:
        return Card(**{name: self.cleaned_data[name] for name in CardForm.base_fields})


class PatientForm(CardForm):
    """A patient and, unless they pay for themselves, their card. What a claim needs beyond it is the scrubber's to ask."""

    field_order = (
        "first_name",
        "last_name",
        "birth_date",
        "sex",
        "line1",
        "line2",
        "city",
        "state",
        "postcode",
        "phone",
    )

    first_name = forms.CharField(max_length=35)
    last_name = forms.CharField(max_length=60)
    birth_date = forms.DateField(widget=forms.DateInput(attrs=_DAY))
    sex = forms.ChoiceField(choices=SEXES, required=False)
    line1 = forms.CharField(label="Street", max_length=55, required=False)
    line2 = forms.CharField(label="Apartment", max_length=55, required=False)
    city = forms.CharField(max_length=30, required=False)
    state = forms.RegexField(r"^[A-Za-z]{2}$", max_length=2, required=False, help_text="Two letters: TX")
    postcode = forms.CharField(
        label="ZIP",
        max_length=10,
        required=False,
        validators=[RegexValidator(r"^\d{5}(-?\d{4})?$", "Five digits, or nine.")],
    )
    phone = forms.CharField(max_length=20, required=False)
    self_pay = forms.BooleanField(label="The patient pays; there is no plan", required=False)
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("payer", "member_id"):
            self.fields[name].required = False
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_birth_date(self) -> date | None:
        return _checked_birth_date(self.cleaned_data["birth_date"], self.today)

    def clean_state(self) -> str:
        return str(self.cleaned_data["state"]).upper()

    def clean_postcode(self) -> str:
        return str(self.cleaned_data["postcode"]).replace("-", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("self_pay"):
            for name in ("payer", "member_id"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "From the card; or say above that the patient pays.")
        return data

    def patient(self) -> EnteredPatient:
        told = self.cleaned_data
        names = [name for name in self.field_order if name in told]
        return EnteredPatient(
            token=told["token"], card=None if told["self_pay"] else self.card(), **{name: told[name] for name in names}
        )
