"""Codes that are not paid together on one day, and codes that are paid only beside another (NCCI)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.claims.rules.add_ons import CRITICAL_CARE, CRITICAL_CARE_FURTHER, PRIMARIES
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.modifiers import decision_for_surgery, modifier_25
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.visits import is_evaluation

NEVER, WITH_MODIFIER = "0", "1"
# NCCI policy manual, chapter I, E: the modifiers that may open a pair of indicator 1. 50, 76 and 77 are not among them.
_OPENING = (
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD LM RC RI "
    "24 25 27 57 58 59 78 79 91 XE XP XS XU"
)
OPENING = frozenset(_OPENING.split())


@dataclass(frozen=True, slots=True)
class _Beside:
    """Another code of that day and where it stands."""

    code: str
    modifiers: tuple[str, ...]
    place: str
    elsewhere: bool = False


def procedure_pairs(claim: ClaimView) -> Iterator[Issue]:
    """NCCI procedure-to-procedure edits in force on the date of service; same patient, provider and day (NCCI policy manual, chapter I, A).

    Since July 2019 an opening modifier counts on either code of the pair (CMS change request 11168).
    """
    if not claim.around.pairs:
        return
    # Those rules say the same of a visit, with a proposal of their own.
    told = {issue.line for rule in (modifier_25, decision_for_surgery) for issue in rule(claim)}
    for line in claim.lines:
        seen: set[str] = set()
        for other in _beside(line, claim):
            indicator = _indicator(line, other, claim)
            if other.code in seen or indicator is None or _is_open(indicator, line.modifiers, other.modifiers):
                continue
            if indicator == WITH_MODIFIER and line.number in told:
                continue
            seen.add(other.code)
            yield _issue(line, other, indicator)


def _beside(line: LineView, claim: ClaimView) -> Iterator[_Beside]:
    for other in claim.lines:
        if other is not line:
            yield _Beside(other.procedure, other.modifiers, f"line {other.number}")
    for away in claim.around.ahead:
        ours = away.claim == claim.control_number
        place = "a line that was decided before" if ours else f"claim {away.claim} of the same day"
        yield _Beside(away.procedure, away.modifiers, place, elsewhere=True)


def _indicator(line: LineView, other: _Beside, claim: ClaimView) -> str | None:
    """The line is column 2 of a pair; or its column 1, where column 2 stands on a claim that went ahead."""
    found = claim.around.pairs.get((other.code, line.procedure))
    if found is None and other.elsewhere:
        found = claim.around.pairs.get((line.procedure, other.code))
    return found


def _is_open(indicator: str, *modifiers: Sequence[str]) -> bool:
    if indicator == WITH_MODIFIER:
        return any(OPENING.intersection(each) for each in modifiers)
    return indicator != NEVER  # 9: the edit was deleted from its first day


def _issue(line: LineView, other: _Beside, indicator: str) -> Issue:
    pair = f"{line.procedure} on line {line.number} is not paid beside {other.code} on {other.place}"
    place = ("line.modifiers", line.number)
    if indicator == NEVER:
        return Issue(f"{pair}, and no modifier changes that (NCCI, indicator 0).", *place)
    modifier, choice = ("25", "25") if is_evaluation(line.procedure) else ("59", "59 or XE, XP, XS, XU")
    whole = [modifier, *line.modifiers] if modifier == "25" else [*line.modifiers, modifier]
    return Issue(
        f"{pair} unless it was a separate service (NCCI, indicator 1). If the record shows that, a coder adds {choice}; "
        "if not, it is not billed apart.",
        *place,
        modifiers_fix(line, whole, f"Add modifier {modifier}"),
    )


def add_on(claim: ClaimView) -> Iterator[Issue]:
    """CMS, add-on code edits, type 1: an add-on is paid only beside one of its primary codes, same patient, provider and day; critical
    care also beside a colleague's. For types 2 and 3 the payer says which they are, so that nothing is said of them.
    """
    there = {line.procedure for line in claim.lines} | {line.procedure for line in claim.around.same_day}
    for line in claim.lines:
        primaries = _primaries(claim, line.procedure)
        is_begun = line.procedure == CRITICAL_CARE_FURTHER and _colleague_began(claim)
        if primaries and not there & primaries and not is_begun:
            yield Issue(
                f"{line.procedure} on line {line.number} is an add-on code, and no code that it belongs to is billed that day. "
                "Bill the main service with it, or not the add-on.",
                "line.procedure",
                line.number,
            )


def _colleague_began(claim: ClaimView) -> bool:
    return any(
        other.procedure == CRITICAL_CARE and other.day == claim.service_date and other.same_specialty
        for other in claim.around.earlier
    )


def _primaries(claim: ClaimView, code: str) -> frozenset[str]:
    """By the edits that were taken in, of the day; for a code that they do not have, by the built-in list."""
    edits = claim.around.known.all_of(Kind.ADD_ON, code)
    if not edits:
        return PRIMARIES.get(code, frozenset())
    if any(not edit.startswith("1 ") for edit in edits):
        return frozenset()
    return frozenset(edit.removeprefix("1 ") for edit in edits)


RULES = (
    Rule(
        "NCCI-PTP",
        "Codes not paid together",
        Severity.BLOCK,
        procedure_pairs,
        overridable=True,
        clinical=True,
    ),
    Rule("NCCI-ADDON", "Add-on without its service", Severity.BLOCK, add_on, overridable=True, clinical=True),
)
