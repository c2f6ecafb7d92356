"""A visit as it was billed beside the visit as the EHR tells it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.accidents import AUTO, OTHER, WORK
from apps.intake.models import Charge, Coverage, VisitConflict, facts_of
from apps.intake.models.visit_facts import ROLES
from apps.intake.selectors.taken_over import DRUG, drugs_taken, facts_taken, notice_taken

Told = dict[str, Any]
CAUSES = {AUTO: "Auto", WORK: "Work", OTHER: "Other"}
UNITS = {"F2": "international units", "GR": "g", "ME": "mg", "ML": "ml", "UN": "units"}


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
        *_facts(facts_of(ours), facts_taken(conflict, ours)),
        *_said(Compared("Notice (ABN) signed", _day(visit.abn_signed_on), _day(notice_taken(conflict)))),
        *_lines(lines, conflict),
    ]
    return ConflictView(conflict, claim, tuple(compared))


def _facts(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Compared]:
    """Of most visits neither says anything of these, and no row is shown. Theirs is what would be billed if it were taken."""
    rows = [
        Compared("Accident", _accident(ours), _accident(theirs)),
        Compared("Authorization number", ours["prior_authorization"], theirs["prior_authorization"]),
        Compared("Referral number", ours["referral_number"], theirs["referral_number"]),
        *(Compared(f"{role.capitalize()} provider", _named(ours, role), _named(theirs, role)) for role in ROLES),
    ]
    return [row for each in rows for row in _said(each)]


def _said(row: Compared) -> list[Compared]:
    return [row] if row.ours or row.theirs else []


def _accident(facts: Mapping[str, Any]) -> str:
    causes = " and ".join(CAUSES.get(each, each) for each in facts["accident_causes"])
    return ", ".join(filter(None, (causes, _day(facts["accident_date"]), facts["accident_state"])))


def _named(facts: Mapping[str, Any], role: str) -> str:
    name = " ".join(filter(None, (facts[f"{role}_first_name"], facts[f"{role}_last_name"])))
    npi = facts[f"{role}_npi"]
    return ", ".join(filter(None, (name, npi and f"NPI {npi}")))


def _day(value: date | None) -> str:
    return f"{value:%b} {value.day}, {value.year}" if value else ""


def _plan(coverage: Coverage | None) -> str:
    """Of the member ID only its end, as pages mask it."""
    if coverage is None:
        return "Self-pay"
    return f"{coverage.payer.name}, member ID ending in {coverage.member_id[-4:]}"


def _lines(ours: Sequence[ClaimLine | Charge], conflict: VisitConflict) -> list[Compared]:
    theirs = [
        _their_line({**told, **drug}) for told, drug in zip(conflict.lines, drugs_taken(conflict, ours), strict=True)
    ]
    pairs = zip_longest(map(_our_line, ours), theirs, fillvalue="")
    return [Compared(f"Line {number}", mine, told) for number, (mine, told) in enumerate(pairs, start=1)]


def _our_line(line: ClaimLine | Charge) -> str:
    said = _line(line.procedure, line.modifiers, line.units, line.amount, line.diagnosis_pointers)
    return said + _drug({name: getattr(line, name) for name in DRUG})


def _their_line(told: Told) -> str:
    amount, units = Decimal(told["amount"]), Decimal(told["units"])
    return _line(told["procedure"], told["modifiers"], units, amount, told["diagnosis_pointers"]) + _drug(told)


def _drug(drug: Mapping[str, Any]) -> str:
    quantity, measure = drug["ndc_units"], drug["ndc_unit_measure"].strip().upper()
    amount = "" if quantity is None else f"{quantity.normalize():f} {UNITS.get(measure, measure)}".strip()
    number = drug["ndc"].strip().upper()
    return "".join(f", {part}" for part in (number and f"NDC {number}", amount) if part)


def _line(procedure: str, modifiers: Sequence[str], units: Decimal, amount: Decimal, pointers: Sequence[int]) -> str:
    code = "-".join([procedure.strip().upper(), *(each.strip().upper() for each in modifiers)])
    points = "".join(f", diagnosis {place}" for place in [" ".join(map(str, pointers))] if place)
    return f"{code}, {units.normalize():f} × ${amount:,.2f}{points}"
