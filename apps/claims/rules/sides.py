"""The side that a line's modifiers name against the side of the diagnoses that it points at."""

from collections.abc import Iterator

from apps.claims.rules.facts import pointed_at
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, LineView

# HCPCS level II: sides, eyelids, fingers, toes. 50 is both.
_LEFT = frozenset({"LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"})
_RIGHT = frozenset({"RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"})
_BOTH = "50"
_WORDS = {"L": "left", "R": "right"}


def other_side(claim: ClaimView) -> Iterator[Issue]:
    """ICD-10-CM guidelines I.B.13. Asked only where all that the line points at and that names a side names the same one: then a line of
    the other side, or of both, contradicts it.
    """
    table = claim.around.diagnoses
    if table is None:
        return
    for line in claim.lines:
        named = {table.codes[code].side for code in pointed_at(claim, line) if code in table.codes} - {""}
        of_line = _sides(line)
        if len(named) != 1 or "B" in named or not of_line:
            continue
        (side,) = named
        if of_line != {side}:
            what = "both sides" if len(of_line) > 1 else f"the {_WORDS[of_line.pop()]} side"
            yield Issue(
                f"Line {line.number} is of {what} ({', '.join(_named(line))}), and its diagnoses name the {_WORDS[side]} side alone.",
                "line.modifiers",
                line.number,
            )


def _named(line: LineView) -> list[str]:
    return [each for each in line.modifiers if each in _LEFT | _RIGHT | {_BOTH}]


def _sides(line: LineView) -> set[str]:
    """LT with RT on one line is another rule's (PX-LATERALITY)."""
    said = set(line.modifiers)
    if _BOTH in said:
        return {"L", "R"}
    found = {side for side, those in (("L", _LEFT), ("R", _RIGHT)) if said & those}
    return found if len(found) == 1 else set()


RULES = (Rule("DX-SIDE", "Diagnosis of the other side", Severity.WARN, other_side, clinical=True),)
