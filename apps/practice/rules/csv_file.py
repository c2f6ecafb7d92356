"""What every CSV file of settings has in common: a header, rows with their line numbers, days, and problems told by line."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Protocol

from apps.core.column_names import header_problem

_DATES = ("%Y-%m-%d", "%m/%d/%Y")
NO_ROWS = "The file has no rows."
_NAMELESS = "A cell of it stands in a column without a name: quote a cell that holds a comma, or name the column."


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of the file cannot be taken; the header is line 1."""

    line: int
    reason: str


class FileRefusedError(ValueError):
    """Rows of a file that cannot be taken: nothing of it was. `problems` says which and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        rows = f"{len(problems)} rows" if len(problems) > 1 else "A row"
        super().__init__(f"{rows} of the file cannot be taken, so nothing of it was.")


class RowError(ValueError):
    """Why a row cannot be taken, as a sentence."""


class _Rows(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def read_rows(
    text: str, *, needed: Sequence[str], known: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str] | Problem]]:
    """Each line's number with its cells by column, or with what is wrong; `needed` columns must be there, in any order, and none but
    `known` ones, since what stands in another would be lost without a word.

    A bad header is the only problem told. Nothing is read behind a line that is no CSV. Empty lines are passed over.
    """
    rows = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        header = [name.strip().lower() for name in next(rows, [])]
    except csv.Error:
        yield 1, Problem(1, "This line is not CSV.")
        return
    missing = [name for name in needed if name not in header]
    if missing:
        yield 1, Problem(1, f"The column {missing[0]} is missing. The columns are {', '.join(known)}.")
        return
    if problem := header_problem(header, known):
        yield 1, Problem(1, problem)
        return
    yield from _cells(rows, header)


def _cells(rows: _Rows, header: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str] | Problem]]:
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, _by_column(rows.line_num, cells, header)
    except csv.Error:
        yield rows.line_num, Problem(rows.line_num, "This line is not CSV.")


def _by_column(line: int, cells: Sequence[str], header: Sequence[str]) -> Mapping[str, str] | Problem:
    if any(cell.strip() for place, cell in enumerate(cells) if not header[place : place + 1] or not header[place]):
        return Problem(line, _NAMELESS)
    return dict(zip(header, map(str.strip, cells), strict=False))


def day(row: Mapping[str, str], column: str) -> date | None:
    """The day in the cell; None where it is empty. Raises RowError."""
    text = row.get(column, "")
    if not text:
        return None
    for shape in _DATES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    raise RowError(f"{column} is not a date: write 2026-01-31 or 01/31/2026.")
