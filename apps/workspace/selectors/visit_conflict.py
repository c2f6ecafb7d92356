"""A visit as it was billed beside the visit as the EHR tells it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from apps.claims.models import Claim, ClaimLine
from apps.intake.models import Charge, Coverage, VisitConflict

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing said twice, in words. Empty where one side does not have it."""

    label: str
    ours: str
    theirs: str

    @property
    def differs(self) -> bool:
        return self.ours != self.theirs


@dataclass(frozen=True, slots=True)
class ConflictView:
    conflict: VisitConflict
    claim: Claim | None
    compared: tuple[Compared, ...]

    @property
    def differences(self) -> int:
        return sum(each.differs for each in self.compared)


def find_conflict(public_id: str) -> VisitConflict | None:
    rows = VisitConflict.objects.select_related(
        "encounter__patient",
        "encounter__coverage__payer",
        "encounter__provider",
        "patient",
        "coverage__payer",
        "provider",
        "settled_by",
    )
    return rows.filter(public_id=public_id).first()


def conflict_view(conflict: VisitConflict) -> ConflictView:
    """Ours is what the claim says, with what people corrected on it; without a claim, what came in first."""
    visit = conflict.encounter
    claim = (
        Claim.objects.filter(encounter=visit, payer_rank=1)
        .select_related("patient", "coverage__payer", "provider", "payer")
        .first()
    )
    ours = claim or visit
    lines: Sequence[ClaimLine | Charge] = list((claim.lines if claim else visit.charges).order_by("number"))
    compared = [
        Compared("Patient", ours.patient.full_name, conflict.patient.full_name),
        Compared("Date of service", _day(ours.service_date), _day(conflict.service_date)),
        Compared("Provider", str(ours.provider), str(conflict.provider)),
        Compared("Plan", _plan(ours.coverage), _plan(conflict.coverage)),
        Compared("Place of service", ours.place_of_service, conflict.place_of_service),
        Compared("Diagnoses", ", ".join(ours.diagnoses), ", ".join(conflict.diagnoses)),
        *_lines(lines, conflict.lines),
    ]
    return ConflictView(conflict, claim, tuple(compared))


def _day(value: Any) -> str:
    return f"{value:%b} {value.day}, {value.year}"


def _plan(coverage: Coverage | None) -> str:
    """Of the member id only its end, as pages mask it."""
    if coverage is None:
        return "Self-pay"
    return f"{coverage.payer.name}, member id ending in {coverage.member_id[-4:]}"


def _lines(ours: Sequence[ClaimLine | Charge], theirs: Sequence[Told]) -> list[Compared]:
    return [
        Compared(f"Line {number}", _our_line(mine) if mine else "", _their_line(told) if told else "")
        for number, (mine, told) in enumerate(zip_longest(ours, theirs), start=1)
    ]


def _our_line(line: ClaimLine | Charge) -> str:
    return _line(line.procedure, line.modifiers, line.units, line.amount, line.diagnosis_pointers)


def _their_line(told: Told) -> str:
    amount, units = Decimal(told["amount"]), Decimal(told["units"])
    return _line(told["procedure"], told["modifiers"], units, amount, told["diagnosis_pointers"])


def _line(procedure: str, modifiers: Sequence[str], units: Decimal, amount: Decimal, pointers: Sequence[int]) -> str:
    code = "-".join([procedure.strip().upper(), *(each.strip().upper() for each in modifiers)])
    points = "".join(f", diagnosis {place}" for place in [" ".join(map(str, pointers))] if place)
    return f"{code}, {units.normalize():f} × ${amount:,.2f}{points}"
