"""What a bank's text says of a credit. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from apps.core.csv_cells import plain_cell

_BEFORE_THE_NUMBER = re.compile(r"^[A-Z]*0*")
_NO_SIGN = re.compile(r"[^A-Z0-9]+")
_CHECK = re.compile(
    r"\b(CHECKS?|CHK|LOCKBOX|REMOTE DEP(OSIT)?|MOBILE DEP(OSIT)?|COUNTER DEP(OSIT)?|BRANCH DEP(OSIT)?)\b"
)
SHORTEST_NAME, LONGEST_NAME = 6, 12
SHORTEST_ID = 5
# One text is held against many payments.
_remembered = lru_cache(maxsize=20_000)


def readable(cell: str, most: int) -> str:
    """One line of printable signs, cut to `most`, that no spreadsheet takes for a formula."""
    return plain_cell(cell)[:most]


@_remembered
def tokens(text: str) -> frozenset[str]:
    """Its runs of letters and digits: `TRN*1*0042*1999999999~` is TRN, 1, 0042 and 1999999999."""
    return frozenset(_NO_SIGN.sub(" ", text.upper()).split())


@_remembered
def squeezed(text: str) -> str:
    """Letters and digits alone: banks break and join what they were told."""
    return _NO_SIGN.sub("", text.upper())


@_remembered
def trace_core(trace: str) -> str:
    """A trace number without the letters and zeros before it: EFT0001234 is 1234."""
    return _BEFORE_THE_NUMBER.sub("", squeezed(trace))


@_remembered
def cores(text: str) -> frozenset[str]:
    """The `trace_core` of each run of letters and digits."""
    return frozenset(map(trace_core, tokens(text)))


def is_check(text: str) -> bool:
    """Whether paper was paid in, whose remittance takes the longer way."""
    return bool(_CHECK.search(text.upper()))


def names_payer(text: str, name: str, ids: Iterable[str]) -> bool:
    """By one of the payer's ids, or by the beginning of its name: an ACH entry has 16 places for it (Nacha, company name)."""
    if any(len(each) >= SHORTEST_ID and each.upper() in tokens(text) for each in ids):
        return True
    start = squeezed(name)[:LONGEST_NAME]
    return len(start) >= SHORTEST_NAME and start in squeezed(text)


def says_payer(text: str) -> bool:
    """Nacha's rules: a health plan's payment says HCCLAIMPMT, its addenda the TRN segment of the 835."""
    said = squeezed(text)
    return "HCCLAIMPMT" in said or bool(re.search(r"\bTRN[*\s\\|]1[*\s\\|]", text.upper()))


def holds(text: str, wanted: str) -> bool:
    """Whether a rule's text stands in the bank's, whatever signs stand between."""
    return bool(squeezed(wanted)) and squeezed(wanted) in squeezed(text)
