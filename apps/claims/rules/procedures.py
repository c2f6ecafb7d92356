"""Procedures that contradict the patient's history or their own modifiers."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.shapes import is_procedure
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.visits import NEW_PATIENT

SIDES = frozenset({"LT", "RT"})


def new_patient(claim: ClaimView) -> Iterator[Issue]:
    """CMS claims processing manual, chapter 12, 30.6.7: new is who had no face-to-face service of this group and specialty for three years.

    As far as the visits tell that came in here. The code is a coder's, and another code has another charge: no fix by click.
    """
    seen = claim.around.seen_on
    if seen is None:
        return
    for line in claim.lines:
        if line.procedure in NEW_PATIENT:
            yield Issue(
                f"{line.procedure} on line {line.number} is for a new patient, and this one was seen here by the same specialty on "
                f"{seen:%B} {seen.day}, {seen.year}. Bill the visit of an established patient.",
                "line.procedure",
                line.number,
            )


def laterality(claim: ClaimView) -> Iterator[Issue]:
    """CMS claims processing manual, chapter 12, 40.7: both sides are one line with 50 and one unit, without LT and RT."""
    for line in claim.lines:
        sides = SIDES.intersection(line.modifiers)
        both = "50" in line.modifiers
        if both and sides:
            words = f"carries 50 (both sides) and {' and '.join(sorted(sides))}"
            yield Issue(f"Line {line.number} {words}. It is one or the other.", "line.modifiers", line.number)
        elif len(sides) > 1:
            yield Issue(
                f"Line {line.number} carries LT and RT. Both sides are 50 with one unit, or a line for each side.",
                "line.modifiers",
                line.number,
            )
        if both and line.units > 1:
            yield Issue(
                f"Line {line.number} carries 50 (both sides) with {line.units.normalize():f} units. Both sides are one unit.",
                "line.units",
                line.number,
                Fix("line.units", 1, "Set one unit", line.number, clinical=True),
            )


def price_list(claim: ClaimView) -> Iterator[Issue]:
    """Where the practice keeps a price list (`price` among the code facts), a code that it does not have on the day was mistyped, is of
    another year, or is new and has no price yet.
    """
    if not claim.around.known.priced:
        return
    for line in claim.lines:
        if is_procedure(line.procedure) and not claim.around.known.of(Kind.PRICE, line.procedure):
            yield Issue(
                f"{line.procedure} on line {line.number} is not on the practice's price list of {claim.service_date:%m/%d/%Y}. "
                "Check the code; if it is right, add its price in the back office.",
                "line.procedure",
                line.number,
            )


RULES = (
    Rule("PX-FEE", "Code without a price", Severity.WARN, price_list, clinical=True),
    Rule("PX-NEW-PATIENT", "New-patient code", Severity.BLOCK, new_patient, overridable=True, clinical=True),
    Rule("PX-LATERALITY", "Sides contradict", Severity.BLOCK, laterality, overridable=True, clinical=True),
)
