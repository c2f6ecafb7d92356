"""The physical lines of a delimited file that quotes swallowed: which these are, and whose they are as far as it can be told. Pure."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

# Of the delimiters of a row, the part from which a line, or what stands in a quoted cell, is taken for a row.
_LIKE_A_ROW = 0.8


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` of a row with a problem are as far as they can be told; `perhaps`: whatever a column's cell may have been."""

    line: int
    cells: dict[str, str]
    problem: str = ""
    perhaps: dict[str, frozenset[str]] = field(default_factory=dict)


def cells_by_name(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}


def problem_of(error: csv.Error) -> str:
    if str(error).startswith("field larger than field limit"):
        return f"a cell of it has more than {csv.field_size_limit():,} characters: shorten it, or close its quotes"
    return "its quotes do not close, or something follows a closing quote"


class LostLines:
    """`lines`: the file's, with their ends, from its first."""

    def __init__(self, lines: Sequence[str], header: Sequence[str], delimiter: str) -> None:
        self._lines, self._header, self._delimiter = lines, header, delimiter

    def swallowed(self, first: int, last: int, cells: Sequence[str]) -> bool:
        """Whether lines `first` to `last`, read as one row, are rather several rows between two stray quotes.

        Line breaks within a quoted cell are good where the cells are as many as the header's. A line within that holds the
        delimiter as often as a row does is a row, where the quoted cells hold so many too: else they are the row's own.
        """
        if last <= first:
            return False
        if len(cells) != len(self._header):
            return True
        row_like = _LIKE_A_ROW * (len(self._header) - 1)
        quoted = sum(cell.count(self._delimiter) for cell in cells if "\n" in cell or "\r" in cell)
        return quoted >= row_like and any(
            line.count(self._delimiter) >= row_like for line in self._lines[first : min(last, len(self._lines))]
        )

    def told(self, first: int, last: int, problem: str) -> Iterator[Row]:
        """Lines `first` to `last`, of which the first has the problem and so swallowed the others."""
        for number in range(first, max(first, last) + 1):
            line = self._line(number)
            if number == first:
                yield self.row(number, self._cells(line), problem)
            elif line.strip():
                said = f"it was read as part of line {first}, whose quotes do not close"
                yield self.row(number, self._cells(line), said)

    def row(self, number: int, cells: Sequence[str], problem: str) -> Row:
        """Of a line that has the problem. Its cells may have moved by as many places as it has delimiters too many or too few."""
        split = [cell.replace('"', "").strip() for cell in self._line(number).split(self._delimiter)]
        moved = len(split) - len(self._header)
        perhaps = {
            name: frozenset(split[max(0, min(place, place + moved)) : max(place, place + moved) + 1])
            for place, name in enumerate(self._header)
            if name
        }
        return Row(number, cells_by_name(self._header, cells), problem, perhaps)

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def _cells(self, line: str) -> list[str]:
        """Split at every delimiter where that gives a row's cells: a stray quote hides none. Else as the quotes say."""
        cells = line.split(self._delimiter)
        if len(cells) != len(self._header):
            with suppress(csv.Error):
                cells = next(csv.reader([line], delimiter=self._delimiter), [])
        return [cell.strip().strip('"') for cell in cells]
