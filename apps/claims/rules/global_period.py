"""What belongs to an operation that was billed before. Days by code are data (`global` among the code facts)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.surroundings import EarlierLineView
from apps.claims.rules.visits import is_problem_visit
from apps.core.odd_days import days_after

_OPENS_VISIT = frozenset({"24", "57"})
_OPENS_OPERATION = frozenset({"58", "78", "79"})
_OPERATIONS = frozenset({"000", "010", "090"})


def global_period(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 40.1 and 40.2: visits of the same specialty in the 10 or 90 days after an operation
    belong to it, but for those that had nothing to do with it (24, 57); a further operation says what it was (58, 78, 79).
    """
    if not claim.around.earlier:
        return
    after = _running(claim)
    if after is None:
        return
    ends = days_after(after.day, after.global_days)
    period = (
        f"{after.procedure} of {after.day:%B} {after.day.day} (claim {after.claim}) covers what belongs to it through "
        f"{ends:%B} {ends.day}"
    )
    for line in claim.lines:
        said = set(line.modifiers)
        if is_problem_visit(line.procedure) and not said & _OPENS_VISIT:
            yield Issue(
                f"Line {line.number}: {period}. If the visit had nothing to do with it, a coder adds 24; if it had, it is not billed.",
                "line.modifiers",
                line.number,
                Fix("line.modifiers", ["24", *line.modifiers], "Add modifier 24", line.number, clinical=True),
            )
        elif _is_operation(claim, line) and not said & _OPENS_OPERATION:
            yield Issue(
                f"Line {line.number}: {period}. A coder says what {line.procedure} was: planned (58), a return for a complication (78), "
                "or unrelated (79).",
                "line.modifiers",
                line.number,
            )


def _running(claim: ClaimView) -> EarlierLineView | None:
    """The operation whose days run longest."""
    running = [
        line
        for line in claim.around.earlier
        if line.same_specialty
        and line.global_days
        and "54" not in line.modifiers
        and line.day < claim.service_date <= days_after(line.day, line.global_days)
    ]
    return max(running, key=lambda line: days_after(line.day, line.global_days), default=None)


def _is_operation(claim: ClaimView, line: LineView) -> bool:
    return claim.around.known.of(Kind.GLOBAL, line.procedure) in _OPERATIONS


RULES = (Rule("PX-GLOBAL", "Days after an operation", Severity.BLOCK, global_period, overridable=True, clinical=True),)
