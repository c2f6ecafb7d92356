"""Modifiers that the combination of lines asks for. What they propose is a clinical statement: a coder confirms it (DOMAIN 2)."""

from collections.abc import Iterator
from typing import NamedTuple

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
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
    entered the operation's days. The other may stand on another claim of the same provider: 25 is the visit's all the same.
    """
    procedure = next((each for each in _day(claim) if is_procedure(each.code)), None)
    preventive = next((each for each in _day(claim) if each.code in PREVENTIVE_VISITS), None)
    has_major, may_be_major = _major(claim) is not None, _may_be_major(claim)
    for line in claim.lines:
        is_visit = is_problem_visit(line.procedure) and not has_major
        of_others = procedure or preventive if is_visit else procedure if line.procedure in PREVENTIVE_VISITS else None
        opened = "25" in line.modifiers or (may_be_major and "57" in line.modifiers)
        if of_others is None or opened:
            continue
        other = ("a procedure" if procedure else "a preventive visit") + of_others.place
        yield Issue(
            f"Line {line.number} is a visit on the same day as {other}, without modifier 25. If the note shows a separate visit, "
            "a coder adds 25; if not, the visit is not billed apart.",
            "line.modifiers",
            line.number,
            modifiers_fix(line, ["25", *line.modifiers], "Add modifier 25"),
        )


def decision_for_surgery(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 40.2: the visit that decided on an operation of 90 days carries 57. 25 does not open
    those days; where the visit was about something else, a coder says so and lets it go.
    """
    major = _major(claim)
    for line in claim.lines if major else ():
        if major is None or not is_problem_visit(line.procedure) or "57" in line.modifiers:
            continue
        carries = "with 25 and without 57" if "25" in line.modifiers else "without modifier 57"
        whole = ["57", *(modifier for modifier in line.modifiers if modifier != "25")]
        yield Issue(
            f"Line {line.number} is a visit {carries} beside {major.code}{major.place}, an operation with 90 days that belong to it. "
            "If the visit decided on it, a coder sets 57; if it was about something else, a coder lets it go and says what.",
            "line.modifiers",
            line.number,
            modifiers_fix(line, whole, "Use modifier 57"),
        )


class _Beside(NamedTuple):
    """A code of the day; `place` says where it stands, empty for the claim itself."""

    code: str
    place: str = ""


def _day(claim: ClaimView) -> Iterator[_Beside]:
    """What the provider did for the patient that day, the claim's own lines first."""
    for line in claim.lines:
        yield _Beside(line.procedure)
    for away in claim.around.same_day:
        ours = away.claim == claim.control_number
        yield _Beside(away.procedure, ", decided before" if ours else f" on claim {away.claim}")


def _major(claim: ClaimView) -> _Beside | None:
    """The first code of the day whose global period is 90 days."""
    return next((each for each in _day(claim) if claim.around.known.of(Kind.GLOBAL, each.code) == "090"), None)


def _may_be_major(claim: ClaimView) -> bool:
    """Whether of an operation of the day nobody has entered how many days belong to it."""
    return any(_is_operation(each.code) and not claim.around.known.of(Kind.GLOBAL, each.code) for each in _day(claim))


RULES = (
    Rule("MOD-25", "Visit beside a procedure", Severity.BLOCK, modifier_25, overridable=True, clinical=True),
    Rule("MOD-57", "Visit beside an operation", Severity.BLOCK, decision_for_surgery, overridable=True, clinical=True),
)
