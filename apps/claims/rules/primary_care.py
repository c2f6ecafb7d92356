"""Cases that a primary-care office meets every day (DOMAIN 2.4)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.shapes import code_number
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.surroundings import OtherLineView
from apps.claims.rules.visits import HOME_VISITS, OFFICE_VISITS, WELLNESS_VISITS

_BESIDE_G2211 = OFFICE_VISITS | HOME_VISITS
_G2211_AT_HOME = date(2026, 1, 1)  # Physician Fee Schedule 2026 final rule
_PART_B_VACCINES = frozenset({"G0008", "G0009", "G0010", "M0201"})
# Preventive services of Part B beside which a visit keeps its G2211: screenings and counseling that are nothing else. Source: CMS MM13473;
# Medicare Claims Processing Manual, chapter 18, 1.2.
_PREVENTIVE = (
    "76706 77063 77067 82270 97802 97803 97804 99406 99407 G0101 G0102 G0103 G0104 G0105 G0108 G0109 G0117 G0118 G0121 G0136 G0270 "
    "G0271 G0296 G0328 G0442 G0443 G0444 G0445 G0446 G0447 G0472 G0473 Q0091"
)
_PART_B_PREVENTIVE = frozenset(_PREVENTIVE.split())
_GIVING = frozenset({"90460", "90461", "90471", "90472", "90473", "90474", "90480", *_PART_B_VACCINES})
_MORE_OF_ONE = frozenset({"90461", "M0201"})
_PRODUCTS = (range(90476, 90760), range(91300, 91324))
_MEDICARES_FLU_PRODUCTS = frozenset({"Q2034", "Q2035", "Q2036", "Q2037", "Q2038", "Q2039"})
_MEDICAID = "MC"  # SBR09
_STATE_SUPPLIED = frozenset({"SL"})
# What the first vaccine of the day is given with, and each further one.
_FURTHER_GIVING = {"90471": "90472", "90473": "90474"}


def office_complexity(claim: ClaimView) -> Iterator[Issue]:
    """CMS MM13473 and the Physician Fee Schedule rules of 2025 and 2026: beside a visit that carries 25, Medicare pays G2211 only with a
    wellness visit, a vaccine or another preventive service of Part B, and beside a visit at home from 2026 on. That it needs a visit at all
    is the add-ons' rule.
    """
    if claim.payer.filing_indicator not in MEDICARE:
        return
    visits = [line for line in claim.lines if line.procedure in _BESIDE_G2211]
    why = _unpaid_complexity(claim, visits) if visits else ""
    for line in claim.lines:
        if line.procedure == "G2211" and why:
            yield _of(line, why)


def _unpaid_complexity(claim: ClaimView, visits: Sequence[LineView]) -> str:
    """Why Medicare would not pay it beside these; empty where it does."""
    if claim.service_date < _G2211_AT_HOME and not claim.codes & OFFICE_VISITS:
        return "Medicare pays G2211 beside a visit at home from January 1, 2026 on only"
    codes = claim.codes | {other.procedure for other in claim.around.same_day}
    if codes & (WELLNESS_VISITS | _GIVING | _PART_B_PREVENTIVE) or not all("25" in each.modifiers for each in visits):
        return ""
    return (
        "Medicare does not pay G2211 beside a visit with modifier 25, but for a wellness visit, a vaccine or a "
        "preventive service of the same day"
    )


def vaccine_pairs(claim: ClaimView) -> Iterator[Issue]:
    """CPT, Medicine, Immunization: what was given and the giving are two lines, as many units of the one as of the other. A product that
    the state supplies is billed at $0.00 or $0.01, not left out. Either may stand on another claim of that day.

    To Medicaid either line of a vaccine that the state supplies (SL) may stand alone: some states pay the giving under the vaccine's code
    (Ohio, fee for service), some under its own (Washington since July 2024, Arizona). What one's own state wants is a rule of that payer.
    """
    state_supplied = _STATE_SUPPLIED if claim.payer.filing_indicator == _MEDICAID else frozenset()
    here = _units(claim.lines, state_supplied)
    if here.match or _units((*claim.lines, *claim.around.same_day), state_supplied).match:
        return
    told = [line for line in claim.lines if not state_supplied.intersection(line.modifiers)]
    products = [line for line in told if _is_product(line.procedure)]
    giving = [line for line in told if line.procedure in _GIVING - _MORE_OF_ONE]
    if products and not here.giving:
        yield _of(products[0], f"the vaccine {products[0].procedure} is billed without its administration")
    elif giving and not here.products:
        yield _of(giving[0], f"{giving[0].procedure} gives a vaccine that is not on the claim")
    elif products and here.products > here.giving:
        yield _of(
            products[-1], f"{here.products:f} units of vaccines are billed with {here.giving:f} of their administration"
        )
    elif giving:
        yield _of(giving[-1], f"{here.giving:f} units of administration are billed with {here.products:f} of vaccines")


class _Units(NamedTuple):
    """Of products and of their administration; `products_alone` and `giving_alone`: those of them that need no other line."""

    products: Decimal
    giving: Decimal
    products_alone: Decimal
    giving_alone: Decimal

    @property
    def match(self) -> bool:
        return self.products - self.products_alone <= self.giving and self.giving - self.giving_alone <= self.products


def _units(lines: Iterable[LineView | OtherLineView], state_supplied: frozenset[str]) -> _Units:
    """Each further component of one vaccine, and the way to a home, give none of their own."""
    products = giving = products_alone = giving_alone = Decimal(0)
    for line in lines:
        units = line.units.normalize()
        alone = units if state_supplied.intersection(line.modifiers) else Decimal(0)
        if _is_product(line.procedure):
            products, products_alone = products + units, products_alone + alone
        elif line.procedure in _GIVING - _MORE_OF_ONE:
            giving, giving_alone = giving + units, giving_alone + alone
    return _Units(products, giving, products_alone, giving_alone)


def telemedicine_codes(claim: ClaimView) -> Iterator[Issue]:
    """CMS, Physician Fee Schedule 2025 final rule, II.D: status I for 98000 to 98015. Medicare takes the office visit's code with
    place of service 02 or 10.
    """
    if claim.payer.filing_indicator not in MEDICARE:
        return
    for line in claim.lines:
        if 98000 <= code_number(line.procedure) <= 98015:
            yield _of(
                line,
                f"Medicare does not take {line.procedure}: bill the office visit with place of service 02 or 10 "
                "(93 where it was by sound alone)",
                field="line.procedure",
            )


def first_giving(claim: ClaimView) -> Iterator[Issue]:
    """CPT, Medicine, Immunization administration: a day has one first administration, 90471 or 90473, and each further one has a code of
    its own. Where a vaccine was injected, that is the first, and what is swallowed or sniffed is a further one.
    """
    firsts = sorted((line for line in claim.lines if line.procedure in _FURTHER_GIVING), key=lambda it: it.procedure)
    for place, line in enumerate(firsts):
        further = _FURTHER_GIVING[line.procedure]
        if place:
            why = f"the first vaccine of the day is given with line {firsts[0].number}'s {firsts[0].procedure}"
            fix = Fix("line.procedure", further, f"Use {further}", line.number, clinical=True)
            yield Issue(f"Line {line.number}: {why}; this one is a further one, {further}.", "", line.number, fix)
        elif line.units > 1:
            why = f"{line.procedure} has one unit a day; further vaccines are given with {further}"
            yield _of(line, why, "line.units")


def _is_product(code: str) -> bool:
    number = code_number(code)
    return code not in _GIVING and (
        code in _MEDICARES_FLU_PRODUCTS or any(number in products for products in _PRODUCTS)
    )


def _of(line: LineView, why: str, field: str = "") -> Issue:
    return Issue(f"Line {line.number}: {why}.", field, line.number)


RULES = (
    Rule("PX-G2211", "Complexity add-on", Severity.BLOCK, office_complexity, overridable=True, clinical=True),
    Rule(
        "PX-VACCINE", "Vaccine and its administration", Severity.BLOCK, vaccine_pairs, overridable=True, clinical=True
    ),
    Rule(
        "PX-VACCINE-FIRST",
        "First administration of the day",
        Severity.BLOCK,
        first_giving,
        overridable=True,
        clinical=True,
    ),
    Rule("PX-TELEMEDICINE", "Telemedicine code", Severity.BLOCK, telemedicine_codes, overridable=True, clinical=True),
)
