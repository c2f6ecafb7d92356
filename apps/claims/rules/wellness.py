"""When and how often Medicare pays the welcome visit and the annual wellness visits, as far as the patient's claims here tell."""

from collections.abc import Iterator
from datetime import date

from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.surroundings import EarlierLineView
from apps.claims.rules.visits import WELLNESS_VISITS
from apps.core.odd_days import year_after

WELCOME, FIRST, FURTHER = "G0402", "G0438", "G0439"


def eligible_from(last: date) -> date:
    """Eleven full months after the month of the last one have passed: the first of that month a year later."""
    return year_after(last).replace(day=1)


def wellness_visits(claim: ClaimView) -> Iterator[Issue]:
    """42 CFR 410.15 and 410.16; Medicare Claims Processing Manual, chapter 18, 80 and 140: the welcome visit once, in the first twelve
    months of part B; the first wellness visit once; of all three, one a year.
    """
    if claim.payer.filing_indicator not in MEDICARE or claim.codes.isdisjoint(WELLNESS_VISITS):
        return
    earlier = [line for line in claim.around.earlier if line.procedure in WELLNESS_VISITS and _is_before(line, claim)]
    for line in claim.lines:
        if line.procedure == WELCOME:
            yield from _welcome(claim, line, earlier)
        elif line.procedure in {FIRST, FURTHER}:
            yield from _annual(claim, line, earlier)


def _is_before(line: EarlierLineView, claim: ClaimView) -> bool:
    return line.day < claim.service_date or (line.day == claim.service_date and line.ahead)


def _welcome(claim: ClaimView, line: LineView, earlier: list[EarlierLineView]) -> Iterator[Issue]:
    before = next((each for each in earlier if each.procedure == WELCOME), None)
    begins = claim.coverage.starts_on
    if before:
        yield _of(
            line, f"Medicare pays {WELCOME} once, and it was billed for {_day(before.day)} on claim {before.claim}"
        )
    elif begins and claim.service_date >= year_after(begins):
        yield _of(
            line,
            f"{WELCOME} is for the first twelve months of part B, and the coverage began on {_day(begins)}. An annual wellness visit "
            f"is {FIRST} or {FURTHER}",
        )


def _annual(claim: ClaimView, line: LineView, earlier: list[EarlierLineView]) -> Iterator[Issue]:
    last = max(earlier, key=lambda each: each.day, default=None)
    first = next((each for each in earlier if each.procedure == FIRST), None)
    if last and claim.service_date < eligible_from(last.day):
        yield _of(
            line,
            f"{last.procedure} was billed for {_day(last.day)} on claim {last.claim}, and Medicare pays the next one from "
            f"{_day(eligible_from(last.day))} on",
        )
    elif line.procedure == FIRST and first:
        yield Issue(
            f"Line {line.number}: Medicare pays {FIRST} once, and it was billed for {_day(first.day)} on claim {first.claim}. Each "
            f"further one is {FURTHER}, with its own price.",
            "line.procedure",
            line.number,
            Fix("line.procedure", FURTHER, f"Use {FURTHER}", line.number, clinical=True),
        )


def first_year(claim: ClaimView) -> Iterator[Issue]:
    """42 CFR 410.15(a): an annual wellness visit is for who is no longer within twelve months of the first day of part B. Told as far as
    the coverage's first day is that one: a wellness visit from before it says that it is not.
    """
    begins = claim.coverage.starts_on
    if claim.payer.filing_indicator not in MEDICARE or not begins or claim.service_date >= year_after(begins):
        return
    if any(line.procedure in WELLNESS_VISITS and line.day < begins for line in claim.around.earlier):
        return
    for line in claim.lines:
        if line.procedure in {FIRST, FURTHER}:
            yield _of(
                line,
                f"Medicare pays {line.procedure} from {_day(year_after(begins))} on if part B began on {_day(begins)}, as the coverage "
                f"does. In the first twelve months the visit is {WELCOME}, once",
            )


def _of(line: LineView, why: str) -> Issue:
    return Issue(f"Line {line.number}: {why}.", "line.procedure", line.number)


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


RULES = (
    Rule("PX-AWV", "Wellness visit too often", Severity.BLOCK, wellness_visits, overridable=True, clinical=True),
    Rule("PX-AWV-FIRST-YEAR", "Wellness visit in the first year", Severity.WARN, first_year, clinical=True),
)
