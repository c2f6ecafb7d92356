"""The forms of the payer directory."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst

from apps.core.text_upload import TextFileField
from apps.practice.models import Payer, PayerChannel, PayerDeadline, Provider, ProviderEnrollment, TelehealthPolicy
from apps.practice.rules.deadlines import STARTS
from apps.practice.rules.member_patterns import pattern_problem
from apps.practice.services import LARGEST_PAYER_FILE

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
PLACE = "place_"  # a tick a place of service
Kind, From = PayerDeadline.Kind, PayerDeadline.CountedFrom


class PayerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    portal = forms.URLField(required=False, assume_scheme="https", max_length=200)
    form = forms.URLField(required=False, assume_scheme="https", max_length=200, help_text="For reopenings and appeals")

    class Meta:
        model = Payer
        fields = (
            "name",
            "filing_indicator",
            "claims_id",
            "eligibility_id",
            "remittance_ids",
            "sends_277ca",
            "member_id_pattern",
            "correction_route",
            "correction_source",
            "phone",
            "fax",
            "portal",
            "form",
            "line1",
            "line2",
            "city",
            "state",
            "postcode",
            "confirmed",
        )
        labels = {"line1": "Street or PO box", "line2": "Second line", "sends_277ca": "It sends 277CA acknowledgements"}

    def clean_member_id_pattern(self) -> str:
        pattern: str = self.cleaned_data["member_id_pattern"]
        if problem := pattern_problem(pattern):
            raise forms.ValidationError(f"This {problem}.")
        return pattern

    def clean_state(self) -> str:
        return str(self.cleaned_data["state"]).upper()


class _RowForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A row of one payer. What must be unique for a payer is told at the field, before the database would."""

    def __init__(self, *args: Any, payer: Payer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                known: list[tuple[str, str]] = list(field.choices)  # type: ignore[arg-type]  # the stubs allow for what a model gives never
                field.choices = [(value, capfirst(label) if value else "Choose") for value, label in known]
        self.instance.payer = payer

    def _get_validation_exclusions(self) -> set[str]:
        """Its payer is no field of the form, but part of what must be unique."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # absent from the stubs
        return excluded - {"payer"}


class ChannelForm(_RowForm):
    clearinghouse = forms.ChoiceField(required=False)

    class Meta:
        model = PayerChannel
        fields = (
            "clearinghouse",
            "transaction",
            "identifier",
            "capability",
            "enrollment",
            "enrollment_on",
            "note",
        )
        widgets = {"enrollment_on": _DAY}

    def __init__(self, *args: Any, clearinghouses: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict.fromkeys([*clearinghouses, *filter(None, [self.instance.clearinghouse])])
        choices = [("", "Whichever carries it"), *((name, name.replace("_", " ").capitalize()) for name in known)]
        field = self.fields["clearinghouse"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        dated = {PayerChannel.Enrollment.APPLIED, PayerChannel.Enrollment.ACTIVE}
        if told.get("enrollment") in dated and not told.get("enrollment_on"):
            self.add_error("enrollment_on", "Say the day: when it was applied for, or since when it is active.")
        return told


class DeadlineForm(_RowForm):
    source_link = forms.URLField(label="Address of the source", required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = PayerDeadline
        fields = ("kind", "product", "days", "counted_from", "source", "source_link", "verified_on")
        widgets = {"verified_on": _DAY}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["days"].help_text = "A calendar year of Medicare's is 365."
        self.fields["verified_on"].help_text = "The day on which you read the source. You are named as who did."
        if self.instance.pk is None:
            self.initial.setdefault("verified_on", today)

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if days < 1:
            raise forms.ValidationError(
                "A deadline is at least one day. Without one, leave it out: it is then not configured."
            )
        return days

    def clean_verified_on(self) -> date:
        day: date = self.cleaned_data["verified_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come.")
        return day

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        kind, start = told.get("kind"), told.get("counted_from")
        if kind and start and start not in STARTS[kind]:
            words = " or the ".join(From(each).label for each in STARTS[kind])
            self.add_error("counted_from", f"{Kind(kind).label} is counted from the {words}.")
        return told


class TelehealthForm(_RowForm):
    takes_98000 = forms.NullBooleanField(
        label="Takes 98000 to 98015",
        required=False,
        widget=forms.Select(choices=[("", "Not stated"), ("true", "Yes"), ("false", "No")]),
        help_text=TelehealthPolicy.takes_98000.field.help_text,
    )

    class Meta:
        model = TelehealthPolicy
        fields = ("starts_on", "ends_on", "video_modifier", "audio_modifier", "takes_98000", "source")
        widgets = {"starts_on": _DAY, "ends_on": _DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value, label in TelehealthPolicy.Place.choices:
            chosen = value in self.instance.places
            self.fields[f"{PLACE}{value}"] = forms.BooleanField(label=label, required=False, initial=chosen)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        self.instance.places = [value for value in TelehealthPolicy.Place.values if told.get(f"{PLACE}{value}")]
        _in_order(self, told)
        return told


class EnrollmentForm(_RowForm):
    provider = forms.ModelChoiceField(Provider.objects.none(), empty_label="Choose")

    class Meta:
        model = ProviderEnrollment
        fields = ("provider", "state", "starts_on", "ends_on", "source")
        widgets = {"starts_on": _DAY, "ends_on": _DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Provider.objects.order_by("last_name", "first_name")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("state") == ProviderEnrollment.State.ACTIVE and not told.get("starts_on"):
            self.add_error("starts_on", "Say the first date of service that the payer takes.")
        _in_order(self, told)
        return told


def _in_order(form: _RowForm, told: dict[str, Any]) -> None:
    starts, ends = told.get("starts_on"), told.get("ends_on")
    if ends and (starts is None or ends < starts):
        form.add_error("ends_on", "It ends before it begins." if starts else "Say from when it runs, too.")


class PayerFileForm(forms.Form):
    file = TextFileField(
        largest=LARGEST_PAYER_FILE, label="Payers (CSV)", help_text="A header names the columns. Up to 2 MB."
    )


class PayerTextForm(forms.Form):
    text = forms.CharField(max_length=LARGEST_PAYER_FILE, strip=False, widget=forms.HiddenInput)
