"""The bytes of a delimited text file as rows, whatever they are rows of. No message repeats what a cell says: it may name a patient."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from apps.connectors.ports.errors import RefusedError

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 100_000
DELIMITERS = ",;\t|"


class UnreadableFileError(RefusedError):
    """The file as a whole: its size, its encoding, its columns."""


class CsvReader(Protocol):
    """What `csv.reader` returns; the library names no such type."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` of a row with a problem are as far as they can be told: enough to see whose the row is."""

    line: int
    cells: dict[str, str]
    problem: str = ""


def decode(payload: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else Latin-1 as older exports write."""
    if len(payload) > LARGEST_FILE:
        raise UnreadableFileError(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    try:
        if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = payload.decode("utf-16")
        else:
            text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = payload.decode("cp1252", "replace")
    if "\0" in text:
        raise UnreadableFileError("The file is not a text file.")
    return text


def delimiter_of(header: str) -> str:
    found = max(DELIMITERS, key=header.count)
    if not header.count(found):
        raise UnreadableFileError("The first line is no header: it holds no comma, semicolon, tab or bar.")
    return found


def table(text: str) -> tuple[list[str], Iterator[Row]]:
    """The header's names, and each data row by them with the line on which it begins. Blank rows are passed over."""
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise UnreadableFileError("The file is empty or does not begin with a header.")
    delimiter = delimiter_of(first)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error:
        raise UnreadableFileError("The quotes of the header do not close.") from None
    if len(set(header)) < len(header):
        raise UnreadableFileError("Two columns of the header carry the same name.")
    return header, _rows(reader, header, _Lines(text, delimiter))


class _Lines:
    """The lines of the file, for those that the reader gives up."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text, self._delimiter = text, delimiter
        self._lines: list[str] = []

    def lost(self, first: int, last: int, header: list[str]) -> Iterator[Row]:
        """Lines `first` to `last`, of which the first does not close its quotes and so swallowed the others."""
        self._lines = self._lines or self._text.split("\n")
        for number in range(first, max(first, last) + 1):
            line = self._lines[number - 1] if number <= len(self._lines) else ""
            if number == first:
                problem = "its quotes do not close, or something follows a closing quote"
            elif line.strip():
                problem = f"it was read as part of line {first}, whose quotes do not close"
            else:
                continue
            yield Row(number, _as_far(header, line.split(self._delimiter)), problem)


def _rows(reader: "CsvReader", header: list[str], lines: _Lines) -> Iterator[Row]:
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield from lines.lost(line, reader.line_num, header)
            continue
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
            yield _row(line, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        return Row(line, _as_far(header, cells), f"it has {len(cells)} cells where the header has {len(header)}")
    return Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def _as_far(header: list[str], cells: list[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
