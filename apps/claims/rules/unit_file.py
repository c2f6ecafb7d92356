"""CMS's file of medically unlikely edits for practitioners (MCR_MUE_PractitionerServices_Eff_MM-DD-YYYY.csv), read row by row.

CSV: code, value, MUE adjudication indicator with its words ("3 Date of Service Edit: Clinical"), rationale. Source: CMS, Medicare
NCCI medically unlikely edits, the heading of each file.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from apps.claims.rules.code_tables import BadRowError, RefusedRows, begins_data, code, csv_rows, words_of
from apps.core.plain_codes import whole_number

EDITION = re.compile(r"Eff[_ -]?(\d{2})-(\d{2})-(\d{4})", re.IGNORECASE)
INDICATOR = re.compile(r"([123])\b")
MOST_UNITS = 1_000_000


class LimitRow(NamedTuple):
    line: int
    code: str
    most: int
    adjudication: str
    reason: str


def edition_of(name: str) -> date | None:
    """The day from which the file of this name is in force; None: the name does not tell."""
    told = EDITION.search(name)
    if told is None:
        return None
    month, number, year = map(int, told.groups())
    try:
        return date(year, month, number)
    except ValueError:
        return None


def read_limits(lines: Iterable[str], refused: RefusedRows) -> Iterator[LimitRow]:
    """The rows that can be taken; the others are noted in `refused`. A column's name may run over several lines."""
    below = False
    for number, fields in csv_rows(lines, refused):
        below = below or begins_data(fields)
        if not below or not any(fields):
            continue
        try:
            yield _row(number, [field.strip() for field in fields])
        except BadRowError as reason:
            refused.note(number, str(reason))


def _row(number: int, fields: list[str]) -> LimitRow:
    if len(fields) < 3:
        raise BadRowError("The row has fewer than three columns.")
    told, value, words, *rest = fields
    most = whole_number(value)
    if most is None or most > MOST_UNITS:
        raise BadRowError("The value is not a number of units.")
    indicator = INDICATOR.match(words)
    if indicator is None:
        raise BadRowError("The adjudication indicator is not 1, 2 or 3.")
    return LimitRow(number, code(told, "code"), most, indicator[1], words_of(rest))
