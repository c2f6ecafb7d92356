"""Services that one biller is paid once a month, or once in thirty days, as far as the patient's claims here tell."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, LineView

# By the staff, complex, by the physician in person; each with its add-on. Source: CPT, Care management services.
FAMILIES = (frozenset({"99490", "99439"}), frozenset({"99487", "99489"}), frozenset({"99491", "99437"}))
MONTHLY = frozenset({"99490", "99487", "99491"})
TRANSITIONS = frozenset({"99495", "99496"})
CARE_CODES = frozenset().union(*FAMILIES) | TRANSITIONS
TRANSITION_DAYS = 30


def care_management(claim: ClaimView) -> Iterator[Issue]:
    """CMS MLN909188 (chronic care management) and MLN908628 (transitional care management): one practitioner and one kind a calendar
    month; the transition once in the thirty days after the discharge.
    """
    if claim.codes.isdisjoint(CARE_CODES):
        return
    lines = [line for line in claim.lines if line.procedure in CARE_CODES]
    yield from _two_kinds(lines)
    for line in lines:
        if line.procedure in MONTHLY:
            yield from _same_month(claim, line)
        elif line.procedure in TRANSITIONS:
            yield from _same_transition(claim, line)


def _two_kinds(lines: list[LineView]) -> Iterator[Issue]:
    kinds = [family for family in FAMILIES if any(line.procedure in family for line in lines)]
    both = [line for line in lines if line.procedure in TRANSITIONS]
    if len(kinds) > 1:
        last = next(line for line in reversed(lines) if line.procedure in kinds[-1])
        yield _of(
            last, "chronic care management is billed in one kind a month: by the staff, complex, or by the physician"
        )
    if len(both) > 1:
        yield _of(both[-1], "the transition after a discharge is billed once, as 99495 or as 99496")


def _same_month(claim: ClaimView, line: LineView) -> Iterator[Issue]:
    month = (claim.service_date.year, claim.service_date.month)
    for other in claim.around.earlier:
        if other.ahead and other.procedure in MONTHLY and (other.day.year, other.day.month) == month:
            yield _of(
                line,
                f"chronic care management of this month is billed already, as {other.procedure} on claim {other.claim}",
            )
            return


def _same_transition(claim: ClaimView, line: LineView) -> Iterator[Issue]:
    for other in claim.around.earlier:
        if (
            other.ahead
            and other.procedure in TRANSITIONS
            and abs((claim.service_date - other.day).days) < TRANSITION_DAYS
        ):
            yield _of(
                line,
                f"the transition is billed already, as {other.procedure} of {other.day:%B} {other.day.day} on claim {other.claim}. After "
                "another discharge it may be billed again",
            )
            return


def _of(line: LineView, why: str) -> Issue:
    return Issue(f"Line {line.number}: {why}.", "line.procedure", line.number)


RULES = (
    Rule(
        "PX-CARE-MANAGEMENT",
        "Care management twice",
        Severity.BLOCK,
        care_management,
        overridable=True,
        clinical=True,
    ),
)
