"""CMS's physician fee schedule relative value file (PPRRVU*.csv), of which the global days of each code are read, and its indicator of a
professional and a technical part (PC/TC).

CSV: a notice, then column names stacked over several lines, of which the last begins with HCPCS; that of the days reads GLOB over DAYS, and
that of the indicator PCTC over IND. One row a code and modifier. The descriptor column is never kept. Source: CMS, National Physician Fee
Schedule Relative Value File, RVUPUF.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from apps.claims.rules.code_facts import KINDS, Kind
from apps.claims.rules.code_tables import BadRowError, RefusedRows, begins_data, code, csv_rows
from apps.claims.rules.fact_file import FactRow

_EDITION = re.compile(r"PPRRVU(?:20)?(\d{2})(?:[_ -]?(JAN|APR|JUL|OCT))?", re.IGNORECASE)
_MONTHS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
_STACKED = 12
_NAMES = {Kind.GLOBAL: "GLOB DAYS", Kind.PARTS: "PCTC IND"}


def edition_of(name: str) -> date | None:
    """The day from which the file of this name is in force; None: the name does not tell."""
    told = _EDITION.search(name)
    return date(2000 + int(told[1]), _MONTHS[(told[2] or "JAN").upper()], 1) if told else None


def read_fee_schedule(
    lines: Iterable[str], effective_on: date, source: str, refused: RefusedRows
) -> Iterator[tuple[Kind, FactRow]]:
    """What it says of each code. Nothing, where no column of the days is found; rows of a modifier repeat the code's and are left out.

    A file without the indicator gives the days alone.
    """
    heading: list[list[str]] = []
    columns: dict[Kind, int] = {}
    for number, told in csv_rows(lines, refused):
        fields = [field.strip() for field in told]
        if not columns:
            if not begins_data(fields):
                heading = [*heading, fields][-_STACKED:]
                continue
            columns = _columns(heading)
            if Kind.GLOBAL not in columns:
                return
        if any(fields) and not any(fields[1:2]):
            try:
                yield from _facts(number, fields, columns, effective_on, source)
            except BadRowError as reason:
                refused.note(number, str(reason))


def _columns(heading: Sequence[Sequence[str]]) -> dict[Kind, int]:
    """By kind, where its name stands, one word over the other."""
    found: dict[Kind, int] = {}
    widest = max((len(row) for row in heading), default=0)
    for place in range(widest):
        stacked = " ".join(row[place].upper() for row in heading if len(row) > place and row[place])
        for kind, name in _NAMES.items():
            if stacked.endswith(name):
                found.setdefault(kind, place)
    return found


def _facts(
    number: int, fields: Sequence[str], columns: Mapping[Kind, int], effective_on: date, source: str
) -> list[tuple[Kind, FactRow]]:
    if len(fields) <= max(columns.values()):
        raise BadRowError("The row ends before the column of the global days or of the indicator.")
    name = code(fields[0], "code")
    values = {Kind.GLOBAL: _days(fields[columns[Kind.GLOBAL]])}
    if (column := columns.get(Kind.PARTS)) is not None and fields[column]:
        values[Kind.PARTS] = _indicator(fields[column])
    return [(kind, FactRow(number, name, value, effective_on, None, source)) for kind, value in values.items()]


def _days(field: str) -> str:
    # A spreadsheet writes 000 as 0 and 010 as 10.
    days = field.upper()
    days = days.zfill(3) if days.isdigit() else days
    if not KINDS[Kind.GLOBAL].words.fullmatch(days):
        raise BadRowError("The global days are none of 000, 010, 090, MMM, XXX, YYY, ZZZ.")
    return days


def _indicator(field: str) -> str:
    if not KINDS[Kind.PARTS].words.fullmatch(field):
        raise BadRowError("The indicator of the professional and the technical part is not one digit.")
    return field
