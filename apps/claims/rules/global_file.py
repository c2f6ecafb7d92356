"""CMS's physician fee schedule relative value file (PPRRVU*.csv), of which only the global days of each code are read.

CSV: a notice, then column names stacked over several lines, of which the last begins with HCPCS and that of the days reads GLOB over DAYS;
one row a code and modifier. The descriptor column is never kept. Source: CMS, National Physician Fee Schedule Relative Value File, RVUPUF.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from apps.claims.rules.code_facts import KINDS, Kind
from apps.claims.rules.code_tables import BadRowError, RefusedRows, begins_data, code, csv_rows
from apps.claims.rules.fact_file import FactRow

_NAME = re.compile(r"PPRRVU(?:20)?(\d{2})(?:[_ -]?(JAN|APR|JUL|OCT))?", re.IGNORECASE)
_MONTHS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
_STACKED = 12


def edition_of(name: str) -> date | None:
    """The day from which the file of this name is in force; None: the name does not tell."""
    told = _NAME.search(name)
    return date(2000 + int(told[1]), _MONTHS[(told[2] or "JAN").upper()], 1) if told else None


def read_globals(lines: Iterable[str], effective_on: date, source: str, refused: RefusedRows) -> Iterator[FactRow]:
    """The codes' days. Nothing, where no column of that name is found; rows of a modifier repeat the code's and are left out."""
    heading: list[list[str]] = []
    column = None
    for number, told in csv_rows(lines, refused):
        fields = [field.strip() for field in told]
        if column is None:
            if not begins_data(fields):
                heading = [*heading, fields][-_STACKED:]
                continue
            column = _column(heading)
            if column is None:
                return
        if any(fields) and not any(fields[1:2]):
            try:
                yield _row(number, fields, column, effective_on, source)
            except BadRowError as reason:
                refused.note(number, str(reason))


def _column(heading: Sequence[Sequence[str]]) -> int | None:
    """Where GLOB stands over DAYS."""
    widest = max((len(row) for row in heading), default=0)
    for place in range(widest):
        stacked = " ".join(row[place].upper() for row in heading if len(row) > place and row[place])
        if stacked.endswith("GLOB DAYS"):
            return place
    return None


def _row(number: int, fields: Sequence[str], column: int, effective_on: date, source: str) -> FactRow:
    if len(fields) <= column:
        raise BadRowError("The row ends before the column of the global days.")
    # A spreadsheet writes 000 as 0 and 010 as 10.
    days = fields[column].upper()
    days = days.zfill(3) if days.isdigit() else days
    if not KINDS[Kind.GLOBAL].words.fullmatch(days):
        raise BadRowError("The global days are none of 000, 010, 090, MMM, XXX, YYY, ZZZ.")
    return FactRow(number, code(fields[0], "code"), days, effective_on, None, source)
