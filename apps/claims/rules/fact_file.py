"""A file of things known of codes, in a layout of our own: CSV with a heading, in any order of columns.

code, value, effective (yyyy-mm-dd, or yyyymmdd as CMS writes it), and where there is one ends and source. It carries the practice's price
list, its payers' drug lists, CMS's lists of waived tests: whatever is published as a table of another shape is put into these columns.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from apps.claims.rules.code_facts import KINDS, Kind, is_code_of
from apps.claims.rules.code_tables import BadHeadingError, BadRowError, RefusedRows, code, csv_rows, day
from apps.core.column_names import header_problem

REQUIRED = ("code", "value", "effective")
COLUMNS = (*REQUIRED, "ends", "source")
LONGEST_SOURCE = 200


class FactRow(NamedTuple):
    """`ends_on`: the last day; None: until a later row takes its place."""

    line: int
    code: str
    value: str
    effective_on: date
    ends_on: date | None
    source: str


def read_facts(lines: Iterable[str], kind: Kind, refused: RefusedRows) -> Iterator[FactRow]:
    """The rows that can be taken; the others are noted in `refused`. Without its required columns none can. Raises BadHeadingError."""
    rows = csv_rows(lines, refused)
    _, heading = next(rows, (0, []))
    names = [name.strip().lower() for name in heading]
    if problem := header_problem(heading, COLUMNS):
        raise BadHeadingError(problem)
    for number, fields in rows:
        if fields:
            try:
                yield _row(number, dict(zip(names, map(str.strip, fields), strict=False)), kind)
            except BadRowError as reason:
                refused.note(number, str(reason))


def _row(number: int, told: dict[str, str], kind: Kind) -> FactRow:
    lacking = [name for name in REQUIRED if not told.get(name)]
    if lacking:
        raise BadRowError(f"The row has no {' and no '.join(lacking)}.")
    value = told["value"].removeprefix("$") if kind is Kind.PRICE else told["value"]
    if not KINDS[kind].words.fullmatch(value):
        raise BadRowError(f"The value is none of this kind: {KINDS[kind].words.pattern.replace('|', ', ')}.")
    begins = _day(told["effective"], "first day")
    ends = _day(told["ends"], "last day") if told.get("ends") else None
    if ends and ends < begins:
        raise BadRowError("It ends before it begins.")
    return FactRow(
        number, _code(told["code"].upper(), kind), value, begins, ends, told.get("source", "")[:LONGEST_SOURCE]
    )


def _code(text: str, kind: Kind) -> str:
    if kind is not Kind.MODIFIER:
        return code(text, "code")
    if not is_code_of(kind, text):
        raise BadRowError("The code is not a modifier.")
    return text


def _day(text: str, words: str) -> date:
    return day(text.replace("-", ""), words)
