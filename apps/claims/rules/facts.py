"""What a condition may ask of a claim: each fact's name, its type and how it is read from the snapshot."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.claims.rules.snapshot import ClaimView, LineView


class Kind(StrEnum):
    """What a fact is made of; it decides which operators fit (`operators.OPERATORS`)."""

    TEXT = "text"
    CODES = "codes"
    NUMBER = "number"
    DATE = "date"


Value = str | tuple[str, ...] | int | Decimal | date | None
OfClaim = Callable[[ClaimView], Value]
OfLine = Callable[[ClaimView, LineView], Value]
# All facts of a claim, or of a claim and one of its lines, in the order of FACTS: read once, asked by every rule.
Picture = list[Value]


@dataclass(frozen=True, slots=True)
class Fact:
    """One of `of_claim` and `of_line` reads it. Conditions on facts of a line all speak of the same line."""

    name: str
    label: str
    kind: Kind
    of_claim: OfClaim | None = None
    of_line: OfLine | None = None
    allowed: tuple[str, ...] = ()


def _age(claim: ClaimView) -> int | None:
    """Whole years on the day of service."""
    born, day = claim.patient.birth_date, claim.service_date
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def pointed_at(claim: ClaimView, line: LineView) -> tuple[str, ...]:
    return tuple(claim.diagnoses[place - 1] for place in line.pointers if 0 < place <= len(claim.diagnoses))


def _modifiers(claim: ClaimView) -> tuple[str, ...]:
    return tuple(modifier for line in claim.lines for modifier in line.modifiers)


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("line.procedure", "Procedure of the line", Kind.TEXT, of_line=lambda _, line: line.procedure),
        Fact("line.modifiers", "Modifiers of the line", Kind.CODES, of_line=lambda _, line: line.modifiers),
        Fact("line.diagnoses", "Diagnoses of the line", Kind.CODES, of_line=pointed_at),
        Fact("line.units", "Units of the line", Kind.NUMBER, of_line=lambda _, line: line.units),
        Fact("line.amount", "Amount of the line, dollars", Kind.NUMBER, of_line=lambda _, line: line.amount),
        Fact("claim.procedures", "Procedures on the claim", Kind.CODES,
             lambda claim: tuple(line.procedure for line in claim.lines)),
        Fact("claim.modifiers", "Modifiers on the claim", Kind.CODES, _modifiers),
        Fact("claim.diagnoses", "Diagnoses on the claim", Kind.CODES, lambda claim: claim.diagnoses),
        Fact("claim.first_diagnosis", "First diagnosis", Kind.TEXT,
             lambda claim: claim.diagnoses[0] if claim.diagnoses else ""),
        Fact("claim.place_of_service", "Place of service", Kind.TEXT, lambda claim: claim.place_of_service),
        Fact("claim.total", "Total of the claim, dollars", Kind.NUMBER, lambda claim: claim.total),
        Fact("claim.lines", "Number of lines", Kind.NUMBER, lambda claim: len(claim.lines)),
        Fact("claim.service_date", "Date of service", Kind.DATE, lambda claim: claim.service_date),
        Fact("claim.days_since_service", "Days since service", Kind.NUMBER,
             lambda claim: (claim.today - claim.service_date).days),
        Fact("claim.frequency", "Frequency of the claim", Kind.TEXT, lambda claim: claim.frequency, allowed=("1", "7", "8")),
        Fact("claim.prior_authorization", "Prior authorization", Kind.TEXT, lambda claim: claim.prior_authorization),
        Fact("claim.payer_rank", "Payer's rank (1 first)", Kind.NUMBER, lambda claim: claim.payer_rank),
        Fact("payer.name", "Payer", Kind.TEXT, lambda claim: claim.payer.name),
        Fact("payer.claims_id", "Payer ID for claims", Kind.TEXT, lambda claim: claim.payer.claims_id),
        Fact("payer.filing_indicator", "Kind of plan (filing indicator)", Kind.TEXT,
             lambda claim: claim.payer.filing_indicator),
        Fact("coverage.member_id", "Member ID", Kind.TEXT, lambda claim: claim.coverage.member_id),
        Fact("coverage.group_number", "Group number", Kind.TEXT, lambda claim: claim.coverage.group_number),
        Fact("coverage.relationship", "Relationship to the subscriber", Kind.TEXT,
             lambda claim: claim.coverage.relationship),
        Fact("patient.age", "Patient's age, years", Kind.NUMBER, _age),
        Fact("patient.sex", "Patient's sex", Kind.TEXT, lambda claim: claim.patient.sex, allowed=("F", "M", "U")),
        Fact("patient.state", "Patient's state", Kind.TEXT, lambda claim: claim.patient_address.state),
        Fact("provider.npi", "Provider's NPI", Kind.TEXT, lambda claim: claim.provider.npi),
        Fact("provider.last_name", "Provider's last name", Kind.TEXT, lambda claim: claim.provider.last_name),
        Fact("provider.taxonomy", "Provider's taxonomy", Kind.TEXT, lambda claim: claim.provider.taxonomy),
        Fact("facility.name", "Facility", Kind.TEXT, lambda claim: claim.facility.name if claim.facility else ""),
        Fact("facility.npi", "Facility's NPI", Kind.TEXT, lambda claim: claim.facility.npi if claim.facility else ""),
    )
}  # fmt: skip

PLACES = {name: place for place, name in enumerate(FACTS)}
_OF_LINE = [(PLACES[fact.name], fact.of_line) for fact in FACTS.values() if fact.of_line]
_OF_CLAIM = [(PLACES[fact.name], fact.of_claim) for fact in FACTS.values() if fact.of_claim]


def picture_of(claim: ClaimView) -> Picture:
    """Texts in upper case, as conditions are written; the places of the line's facts are empty."""
    picture: Picture = [None] * len(FACTS)
    for place, read in _OF_CLAIM:
        value = read(claim)
        picture[place] = value.upper() if isinstance(value, str) else value
    return picture


def line_pictures(claim: ClaimView, of_claim: Picture) -> list[Picture]:
    """One a line, in the lines' order; the claim's facts stand in each."""
    pictures = []
    for line in claim.lines:
        picture = of_claim.copy()
        for place, read in _OF_LINE:
            value = read(claim, line)
            picture[place] = value.upper() if isinstance(value, str) else value
        pictures.append(picture)
    return pictures
