"""Patterns of member IDs, as the payer directory keeps them: which may be compared with whatever stands on a card."""

import re

# An escaped sign, a class of signs, the beginning of a group, how often (a fixed number apart), or any other sign.
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P<\w+>|<?[=!]|:)|\{\d+\}|\{\d*,\d*\}|.", re.DOTALL)
_OPEN = re.compile(r"\((?:\?.*)?", re.DOTALL)
_VARIES = re.compile(r"[*+?|]|\{\d*,\d*\}")
_REPEATS = re.compile(r"[*+]|\{.*\}")


def pattern_problem(pattern: str) -> str:
    """Why a pattern is not taken, as the end of a sentence; empty where it is.

    A repeated group of varying length, such as ([A-Z]+)+, is tried in as many ways as an ID has parts: one ID of forty signs that does
    not fit would keep the scrubber, and every claim behind, for hours.
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as wrong:
        return f"is not a regular expression: {wrong}"
    return (
        "repeats a group of varying length: write out how often, for example [A-Z]{2}[0-9]{9}"
        if _varied(pattern)
        else ""
    )


def _varied(pattern: str) -> bool:
    groups, closed = [False], False  # whether each open group varies; whether the piece before is a group that does
    for piece in _PIECE.findall(pattern):
        if closed and _REPEATS.fullmatch(piece):
            return True
        closed = piece == ")" and len(groups) > 1 and groups.pop()
        if _OPEN.fullmatch(piece):
            groups.append(False)
        elif closed or _VARIES.fullmatch(piece):
            groups[-1] = True
    return False
