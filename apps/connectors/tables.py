"""The bytes of a delimited text file as rows, whatever they are rows of. No message repeats what a cell says: it may name a patient."""

import csv
import io
from collections.abc import Iterator
from typing import Protocol

from apps.connectors.lost_lines import UNCLOSED, LostLines, Row, cells_by_name
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
    lines = list(io.StringIO(text, newline=""))
    if not lines or not lines[0].strip():
        raise UnreadableFileError("The file is empty or does not begin with a header.")
    delimiter = delimiter_of(lines[0])
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error:
        raise UnreadableFileError("The quotes of the header do not close.") from None
    if len(set(header)) < len(header):
        raise UnreadableFileError("Two columns of the header carry the same name.")
    return header, _rows(reader, header, LostLines(lines, header, delimiter))


def _rows(reader: "CsvReader", header: list[str], lost: LostLines) -> Iterator[Row]:
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield from lost.told(line, reader.line_num, UNCLOSED)
            continue
        if lost.swallowed(line, reader.line_num, cells):
            problem = f"its quotes run on to line {reader.line_num}: close them, or take out the one too many"
            yield from lost.told(line, reader.line_num, problem)
        elif any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
            yield _row(line, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    problem = f"it has {len(cells)} cells where the header has {len(header)}" if len(cells) != len(header) else ""
    return Row(line, cells_by_name(header, cells), problem)
