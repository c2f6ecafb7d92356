"""CMS's file of procedure-to-procedure edits (ccipra-v*-f*.TXT), read row by row.

Tab separated: column 1, column 2, `*` if in existence prior to 1996, effective yyyymmdd, deletion yyyymmdd or `*`, modifier
indicator, rationale. Source: CMS, Medicare NCCI procedure-to-procedure edits, the heading of each file.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from apps.claims.rules.code_tables import BadRowError, RefusedRows, begins_data, code, day, words_of

STILL_IN_FORCE = {"*", ""}
INDICATORS = {"0", "1", "9"}


class PairRow(NamedTuple):
    """`ends_on`: the last day in force; None: still is."""

    line: int
    column_1: str
    column_2: str
    effective_on: date
    ends_on: date | None
    indicator: str
    reason: str


def read_pairs(lines: Iterable[str], refused: RefusedRows) -> Iterator[PairRow]:
    """The rows that can be taken; the others are noted in `refused`."""
    below = False
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r\n").split("\t")
        below = below or begins_data(fields)
        if not below or not line.strip():
            continue
        try:
            yield _row(number, [field.strip() for field in fields])
        except BadRowError as reason:
            refused.note(number, str(reason))


def _row(number: int, fields: list[str]) -> PairRow:
    if len(fields) < 6:
        raise BadRowError("The row has fewer than six columns.")
    first, second, _, effective, deleted, indicator, *rest = fields
    if indicator not in INDICATORS:
        raise BadRowError("The modifier indicator is not 0, 1 or 9.")
    begins = day(effective, "effective date")
    ends = None if deleted in STILL_IN_FORCE else day(deleted, "deletion date")
    if ends and ends < begins:
        raise BadRowError("The pair ends before it begins.")
    return PairRow(
        number,
        code(first, "code of column 1"),
        code(second, "code of column 2"),
        begins,
        ends,
        indicator,
        words_of(rest),
    )
