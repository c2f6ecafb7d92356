"""What a person types on the pages of claims."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property

from apps.claims.models import Claim
from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.drugs import DRUG_UNITS
from apps.claims.rules.fields import FIELDS, BadValueError, Change, Field, as_typed, value_of
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.core.odd_days import EARLIEST, odd_birth_date
from apps.intake.forms import SEXES
from apps.intake.models import ACCIDENT, OTHER_PROVIDERS
from apps.practice.models import Payer, Provider
from apps.practice.roles import Permission
from apps.worklist.forms import LeastAmountField, PersonField, people_with

RELATIONSHIPS = (("18", "Self"), ("01", "Spouse"), ("19", "Child"), ("20", "Employee"), ("G8", "Other"))
ACCIDENTS = (("", "None"), ("AA", "Auto"), ("EM", "Work"), ("OA", "Other"), ("AA EM", "Auto, at work"))
# Before the name of a field: what stood in it when its page was made.
_SHOWN = "shown"
# Set by a fix only: a person corrects the lines that make it.
_NOT_TYPED = frozenset({"claim.total"})
_SELDOM = frozenset(f"claim.{name}" for name in (*ACCIDENT, *OTHER_PROVIDERS, "referral_number"))


class PartiesForm(forms.Form):
    """Whose claims and whose visits, for every filter of claims."""

    payer = forms.CharField(required=False, max_length=16)
    provider = forms.CharField(required=False, max_length=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.order_by("name").values_list("public_id", "name")
        providers = Provider.objects.order_by("last_name", "first_name")
        self.fields["payer"] = forms.ChoiceField(label="Payer", required=False, choices=[("", "All payers"), *payers])
        self.fields["provider"] = forms.ChoiceField(
            label="Provider",
            required=False,
            choices=[("", "All providers"), *((provider.public_id, str(provider)) for provider in providers)],
        )


class ExceptionFilterForm(PartiesForm):
    """The queue's filter, kept in the address, as the chips beside it. `rules`: (code, title and how many)."""

    rule = forms.ChoiceField(label="Finding", required=False)
    assignee = PersonField(
        User.objects.none(), to_field_name="public_id", required=False, label="Owner", empty_label="Anybody"
    )
    amount = LeastAmountField()

    field_order = ("rule", "payer", "provider", "assignee", "amount")

    def __init__(self, *args: Any, rules: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule, owner = self.fields["rule"], self.fields["assignee"]
        assert isinstance(rule, forms.ChoiceField)  # noqa: S101  declared above
        rule.choices = [("", "All findings"), *rules]
        assert isinstance(owner, PersonField)  # noqa: S101  declared above
        owner.queryset = people_with(Permission.EDIT_CLAIMS)


class ClaimFilterForm(PartiesForm):
    """The list's filter, kept in the address. Only a claim's number may be searched for here: a name is PHI and has no place in one."""

    status = forms.CharField(required=False)
    first = forms.DateField(label="Visits from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.CharField(label="Claim number", required=False, max_length=50)

    def clean_status(self) -> str:
        status: str = self.cleaned_data["status"]
        return status if status in set(ClaimStatus) else ""

    def chosen(self) -> dict[str, Any]:
        """What the filter asks for; what cannot be read is left out (the form says so beside the field)."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _is_asked(name: str, claim: Claim) -> bool:
    """Why Medicare is not first is asked where that is so; the notice of noncoverage is Medicare's."""
    if name == "encounter.abn_signed_on":
        return claim.payer.filing_indicator in MEDICARE
    if name != "coverage.medicare_secondary_reason":
        return True
    return claim.payer_rank > 1 and claim.payer.filing_indicator in MEDICARE


class ClaimEditForm(forms.Form):
    """Patient, coverage, claim and lines in one form. A field of the coder's is shown to others and cannot be typed in.

    `marked` are the fields that findings speak of. A page sends along what it had shown (`shown`), so that whoever saves changes what they
    typed, and undoes nothing that another person or the EHR has changed since.
    """

    def __init__(self, claim: Claim, *args: Any, may_code: bool, marked: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim = claim
        self._held: dict[str, str] = {}
        self._overtaken: set[str] = set()
        rows = {"patient": claim.patient, "coverage": claim.coverage, "encounter": claim.encounter, "claim": claim}
        for name, field in FIELDS.items():
            if field.owner != "line" and name not in _NOT_TYPED and _is_asked(name, claim):
                self._add(name, field, getattr(rows[field.owner], field.column), may_code, marked)
        for line in claim.lines.all():
            for name, field in FIELDS.items():
                if field.owner == "line":
                    self._add(f"{name}.{line.number}", field, getattr(line, field.column), may_code, marked)

    def _add(self, name: str, field: Field, value: object, may_code: bool, marked: Collection[str]) -> None:
        made = _form_field(field, as_typed(value))
        self._held[name] = as_typed(value)
        made.disabled = field.clinical and not may_code
        if name in marked:
            made.widget.attrs["aria-invalid"] = "true"
        self.fields[name] = made

    @cached_property
    def changed_data(self) -> list[str]:
        """Without what stands as the page had shown it."""
        return [name for name in super().changed_data if self.data.get(name) != self._told(name)]

    def _told(self, name: str) -> str | None:
        """What the page had shown there; None: it did not say."""
        told: str | None = self.data.get(f"{_SHOWN}.{name}")
        return told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.changed_data:
            if self._told(name) not in (None, self._held[name]):
                self._overtaken.add(name)
                now = f"to “{self._held[name]}”" if self._held[name] else "and is empty now"
                words = f"{self.fields[name].label} was changed meanwhile, {now}. Save again to put yours in its place."
                self.add_error(name, words)
            elif name in cleaned:
                self._check(name, cleaned[name])
        return cleaned

    def _check(self, name: str, value: object) -> None:
        try:
            value_of(self._change(name))
        except BadValueError as error:
            self.add_error(name, str(error))
        if name == "patient.birth_date" and isinstance(value, date) and odd_birth_date(value, self.claim.service_date):
            self.add_error(name, f"The birth date lies after the visit, or before {EARLIEST.year}. Look at the year.")

    def changes(self) -> list[Change]:
        return [self._change(name) for name in self.changed_data]

    def _change(self, name: str) -> Change:
        owner, column, *line = name.split(".")
        value, number = self.cleaned_data[name], int(line[0]) if line else None
        return Change(f"{owner}.{column}", value, number, self._told(name))

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Hidden fields by name, of those that can be typed in: of an overtaken one what stands there now, which the person is told."""
        names = [name for name, field in self.fields.items() if not field.disabled]
        told = {name: self._told(name) for name in names if name not in self._overtaken}
        return [(f"{_SHOWN}.{name}", self._held[name] if told.get(name) is None else str(told[name])) for name in names]

    def part(self, owner: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{owner}.")]

    @property
    def patient_fields(self) -> list[forms.BoundField]:
        return self.part("patient")

    @property
    def coverage_fields(self) -> list[forms.BoundField]:
        return self.part("coverage")

    @property
    def claim_fields(self) -> list[forms.BoundField]:
        return [*(bound for bound in self.part("claim") if bound.name not in _SELDOM), *self.part("encounter")]

    @property
    def seldom_fields(self) -> list[forms.BoundField]:
        """Accident, referral and providers beside the rendering one: most visits have none."""
        return [bound for bound in self.part("claim") if bound.name in _SELDOM]

    @property
    def has_seldom(self) -> bool:
        """Whether any of them is filled in, wrong, or what a finding speaks of."""
        return any(
            bound.errors or bound.value() or "aria-invalid" in bound.field.widget.attrs for bound in self.seldom_fields
        )

    @property
    def line_fields(self) -> list[tuple[int, list[forms.BoundField]]]:
        names = [name for name in FIELDS if name.startswith("line.")]
        return [(line.number, [self[f"{name}.{line.number}"] for name in names]) for line in self.claim.lines.all()]


def _form_field(field: Field, held: str) -> forms.Field:
    """With what the row holds, `held` as typed."""
    made = _input(field, held)
    made.initial = _choice(held) if field.column == "accident_causes" else held
    return made


def _input(field: Field, held: str) -> forms.Field:
    if field.column in {"birth_date", "abn_signed_on", "accident_date"}:
        return forms.DateField(label=field.label, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    choices: dict[str, tuple[tuple[str, str], ...]] = {
        "sex": SEXES,
        "relationship": RELATIONSHIPS,
        "accident_causes": ACCIDENTS,
        "ndc_unit_measure": (("", "None"), *DRUG_UNITS.items()),
    }
    if field.column in choices:
        return forms.ChoiceField(label=field.label, required=False, choices=_with_held(choices[field.column], held))
    if field.column == "ndc_units":
        return forms.DecimalField(label=field.label, required=False, max_digits=11, decimal_places=3)
    if field.column == "units":
        return forms.DecimalField(label=field.label, max_digits=8, decimal_places=3)
    longest = 300 if field.column in {"diagnoses", "modifiers", "diagnosis_pointers"} else field.longest
    return forms.CharField(label=field.label, required=False, max_length=longest)


def _with_held(choices: Sequence[tuple[str, str]], held: str) -> list[tuple[str, str]]:
    """A list without what the row holds would show, and send, its first choice instead."""
    if {held, _choice(held)} & {value for value, _ in choices}:
        return list(choices)
    return [*choices, (held, f"As told: {held}" if held else "Not told")]


def _choice(held: str) -> str:
    """Causes of an accident in the order of the list's own choices; they mean the same in any."""
    return next((value for value, _ in ACCIDENTS if sorted(value.split()) == sorted(held.split())), held)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )


class StatementForm(forms.Form):
    statement = forms.CharField(
        label="Where the record supports it",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name.",
    )
