"""Patterns of member IDs, as the payer directory keeps them: which may be compared with whatever stands on a card."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

# An escaped sign, a class of signs, letters in any case, the beginning of a group, how often, or any other sign.
_PIECE = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?i\)|\(\?(?:P<\w+>|<?[=!]|i?:)|\{\d+\}|\{\d*,\d*\}|.", re.DOTALL
)
_OPEN = re.compile(r"\((?:\?.*[^)])?", re.DOTALL)
_VARIES = re.compile(r"[*+?]|\{(\d*),(\d*)\}")
_REPEATS = re.compile(r"[*+]|\{.*\}")
LONGEST_ID = 80
MOST_WAYS = LONGEST_ID**3  # three repeats without an end: tried on one ID within a tenth of a second


@lru_cache(maxsize=1024)
def pattern_problem(pattern: str) -> str:
    """Why a pattern is not taken, as the end of a sentence; empty where it is.

    A repeated group of varying length, such as ([A-Z]+)+, is tried in as many ways as an ID has parts, and so is a chain such as
    .*.*.*.*: one ID of forty signs that does not fit would keep the scrubber, and every claim behind, for hours.
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as wrong:
        return f"is not a regular expression: {wrong}"
    pieces = _PIECE.findall(pattern)
    if any(pair == ("(", "?") for pair in pairwise(pieces)):
        return "has a flag, comment or condition: of these (?i) alone is taken, for letters in any case"
    ways = _ways(pieces)
    if ways is None:
        return "repeats a group of varying length: write out how often, for example [A-Z]{2}[0-9]{9}"
    return (
        "can fit one ID in too many ways: write out how often, for example [A-Z]{2}[0-9]{9}" if ways > MOST_WAYS else ""
    )


def _ways(pieces: Sequence[str]) -> int | None:
    """In how many ways one ID can be tried, at most; None: without end, since a group of varying length is repeated."""
    groups = [(0, 1)]  # of each open group: the ways of the alternatives before, and of the one that it is in
    inner, before = 1, ""  # the ways of the group that the piece before closed
    for piece in pieces:
        if inner > 1 and _REPEATS.fullmatch(piece):
            return None
        others, own = groups.pop()
        inner = 1
        if piece == ")":
            inner = others + own
            others, own = groups.pop()
            own *= inner
        elif piece == "|":
            others, own = others + own, 1
        elif not _VARIES.fullmatch(before):  # else it says how the repeat before is tried: as short as can be, or once
            own *= _lengths(piece)
        groups.append((others, own))
        if _OPEN.fullmatch(piece):
            groups.append((0, 1))
        before = piece
    others, own = groups.pop()
    return others + own


def _lengths(piece: str) -> int:
    """How many lengths a repeat leaves open; 1 of what is no repeat."""
    found = _VARIES.fullmatch(piece)
    if found is None:
        return 1
    if piece == "?":
        return 2
    least, most = (int(each) if each else None for each in found.groups(""))
    return LONGEST_ID if most is None else min(most - (least or 0) + 1, LONGEST_ID)
