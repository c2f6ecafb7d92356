"""What belongs to an operation on another claim. Days by code are data (`global` among the code facts)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.surroundings import EarlierLineView
from apps.claims.rules.visits import is_problem_visit
from apps.core.odd_days import days_after

_OPENS_VISIT = frozenset({"24", "57"})
_OPENS_OPERATION = frozenset({"58", "78", "79"})
_OPERATIONS = frozenset({"000", "010", "090"})
# What has no days that belong to it: an operation without its aftercare (54) or the care before it alone (56), a return for a complication,
# which begins no days anew (78; CPT appendix A), and assistance, since the days are the surgeon's.
_WITHOUT_DAYS = frozenset({"54", "56", "78", "80", "81", "82", "AS"})
_MAJOR = 90


def global_period(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 40.1 and 40.2: visits of the same specialty in the 10 or 90 days after an operation
    belong to it, but for those that had nothing to do with it (24, 57); a further operation says what it was (58, 78, 79).
    """
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
                modifiers_fix(line, ["24", *line.modifiers], "Add modifier 24"),
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
        line for line in _with_days(claim) if line.day < claim.service_date <= days_after(line.day, line.global_days)
    ]
    return max(running, key=lambda line: days_after(line.day, line.global_days), default=None)


def _with_days(claim: ClaimView) -> Iterator[EarlierLineView]:
    for line in claim.around.earlier:
        if line.same_specialty and line.global_days and _WITHOUT_DAYS.isdisjoint(line.modifiers):
            yield line


def eve(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 40.1: to an operation of 90 days the visits of the day before belong as well, but for
    the one that decided on it (57).
    """
    tomorrow = days_after(claim.service_date, 1)
    coming = next((each for each in _with_days(claim) if each.global_days == _MAJOR and each.day == tomorrow), None)
    if coming is None:
        return
    for line in claim.lines:
        if is_problem_visit(line.procedure) and "57" not in line.modifiers:
            yield Issue(
                f"Line {line.number}: {coming.procedure} of {coming.day:%B} {coming.day.day} (claim {coming.claim}) covers the visits of "
                "the day before. If this one decided on it, a coder adds 57; if it was about something else, a coder lets it go and says "
                "what.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, ["57", *line.modifiers], "Add modifier 57"),
            )


def _is_operation(claim: ClaimView, line: LineView) -> bool:
    return claim.around.known.of(Kind.GLOBAL, line.procedure) in _OPERATIONS


def around_operations(claim: ClaimView) -> Iterator[Issue]:
    if claim.around.earlier:
        yield from global_period(claim)
        yield from eve(claim)


RULES = (
    Rule("PX-GLOBAL", "Days around an operation", Severity.BLOCK, around_operations, overridable=True, clinical=True),
)
