"""Modifiers that the combination of lines asks for. What they propose is a clinical statement: a coder confirms it (DOMAIN 2)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.shapes import code_number
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.visits import PREVENTIVE_VISITS, is_problem_visit

# Drawing blood needs no separate visit; of the medicine section these carry one of their own.
_DRAWS = frozenset({"36415", "36416"})
_TREATMENTS = frozenset(["90460", "90471", "90473", "94640", "96360", "96365", "96372", "96374"])


def is_procedure(code: str) -> bool:
    """Whether a CPT code is a procedure that includes the visit leading to it."""
    return code in _TREATMENTS or _is_operation(code)


def _is_operation(code: str) -> bool:
    return code not in _DRAWS and 10004 <= code_number(code) <= 69990


def modifier_25(claim: ClaimView) -> Iterator[Issue]:
    """NCCI policy manual, chapter I, D: beside a procedure or a preventive visit of that day a visit is paid only if it was separate;
    for a visit about a problem beside an operation of 90 days see `decision_for_surgery`. What carries 57 may be one, where nobody has
    entered the operation's days.
    """
    has_procedure = any(is_procedure(line.procedure) for line in claim.lines)
    has_preventive = any(line.procedure in PREVENTIVE_VISITS for line in claim.lines)
    has_major, may_be_major = _major(claim) is not None, _may_be_major(claim)
    for line in claim.lines:
        is_visit = is_problem_visit(line.procedure) and not has_major
        beside = (is_visit and (has_procedure or has_preventive)) or (
            line.procedure in PREVENTIVE_VISITS and has_procedure
        )
        opened = "25" in line.modifiers or (may_be_major and "57" in line.modifiers)
        if not beside or opened:
            continue
        other = "a procedure" if has_procedure else "a preventive visit"
        yield Issue(
            f"Line {line.number} is a visit on the same day as {other}, without modifier 25. If the note shows a separate visit, "
            "a coder adds 25; if not, the visit is not billed apart.",
            "line.modifiers",
            line.number,
            Fix("line.modifiers", ["25", *line.modifiers], "Add modifier 25", line.number, clinical=True),
        )


def decision_for_surgery(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 40.2: the visit that decided on an operation of 90 days carries 57. 25 does not open
    those days; where the visit was about something else, a coder says so and lets it go.
    """
    major = _major(claim)
    for line in claim.lines if major else ():
        if not is_problem_visit(line.procedure) or "57" in line.modifiers:
            continue
        carries = "with 25 and without 57" if "25" in line.modifiers else "without modifier 57"
        whole = ["57", *(modifier for modifier in line.modifiers if modifier != "25")]
        yield Issue(
            f"Line {line.number} is a visit {carries} beside {major}, an operation with 90 days that belong to it. If the visit decided on "
            "it, a coder sets 57; if it was about something else, a coder lets it go and says what.",
            "line.modifiers",
            line.number,
            Fix("line.modifiers", whole, "Use modifier 57", line.number, clinical=True),
        )


def _major(claim: ClaimView) -> str | None:
    """The first code of the claim whose global period is 90 days."""
    codes = (line.procedure for line in claim.lines)
    return next((code for code in codes if claim.around.known.of(Kind.GLOBAL, code) == "090"), None)


def _may_be_major(claim: ClaimView) -> bool:
    """Whether of an operation of the claim nobody has entered how many days belong to it."""
    return any(
        _is_operation(line.procedure) and not claim.around.known.of(Kind.GLOBAL, line.procedure) for line in claim.lines
    )


RULES = (
    Rule("MOD-25", "Visit beside a procedure", Severity.BLOCK, modifier_25, overridable=True, clinical=True),
    Rule("MOD-57", "Visit beside an operation", Severity.BLOCK, decision_for_surgery, overridable=True, clinical=True),
)
