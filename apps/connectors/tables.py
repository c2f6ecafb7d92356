"""The bytes of a delimited text file as rows, whatever they are rows of. No message repeats what a cell says: it may name a patient."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Protocol

from apps.connectors.lost_lines import LostLines, Row, cells_by_name, problem_of
from apps.connectors.ports.errors import RefusedError

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 100_000
DELIMITERS = ",;\t|"
SEPARATOR = re.compile(r'\s*"?sep=([,;\t|])"?[,;\t|]*\s*', re.IGNORECASE)
BLANK = f'{DELIMITERS}" \r\n'
# How Excel's workbooks begin, new and old.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SAVE_AS = "Save it as CSV UTF-8 where it was made, and bring that."


class UnreadableFileError(RefusedError):
    """The file as a whole: its size, its encoding, its columns."""


class CsvReader(Protocol):
    """What `csv.reader` returns; the library names no such type."""

    line_num: int

    def __next__(self) -> list[str]: ...


def decode(payload: bytes) -> str:
    """UTF-8 or UTF-16 with or without their marks, else Latin-1 as older exports write."""
    if len(payload) > LARGEST_FILE:
        raise UnreadableFileError(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    if payload.startswith(WORKBOOKS):
        raise UnreadableFileError(f"The file is a workbook or an archive. {SAVE_AS}")
    try:
        text = payload.decode(_encoding(payload))
    except UnicodeDecodeError:
        text = payload.decode("cp1252", "replace")
    if "\0" in text:
        raise UnreadableFileError(f"The file is not a text file, or its encoding cannot be told. {SAVE_AS}")
    return text


def _encoding(payload: bytes) -> str:
    """Where every other byte of most is NUL and none of the rest, it is UTF-16, of which Latin letters have one each."""
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd, half = payload[::2].count(0), payload[1::2].count(0), len(payload) // 2
    if odd * 2 > half and not even:
        return "utf-16-le"
    if even * 2 > half and not odd:
        return "utf-16-be"
    return "utf-8-sig"


def delimiter_of(header: str) -> str:
    found = max(DELIMITERS, key=header.count)
    if not header.count(found):
        raise UnreadableFileError("The first line is no header: it holds no comma, semicolon, tab or bar.")
    return found


def table(text: str) -> tuple[list[str], Iterator[Row]]:
    """The header's names, and each data row by them with the line on which it begins. Blank rows are passed over."""
    lines = list(io.StringIO(text, newline=""))
    before, delimiter = _beginning(lines)
    reader = csv.reader(lines[before:], delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error:
        raise UnreadableFileError("The quotes of the header do not close, or one of its cells is too long.") from None
    named = [name for name in header if name]
    if not named:
        raise UnreadableFileError("The header names no column.")
    if len(set(named)) < len(named):
        raise UnreadableFileError("Two columns of the header carry the same name.")
    return named, _rows(reader, before, header, LostLines(lines, header, delimiter))


def _beginning(lines: list[str]) -> tuple[int, str]:
    """How many lines stand before the header, and the delimiter: the first line may name it, as Excel's `sep=;` does."""
    told = ""
    for place, line in enumerate(lines):
        if found := SEPARATOR.fullmatch(line):
            told = found[1]
        elif line.strip(BLANK):
            return place, told if told and told in line else delimiter_of(line)
    raise UnreadableFileError("The file is empty or does not begin with a header.")


def _rows(reader: "CsvReader", before: int, header: list[str], lost: LostLines) -> Iterator[Row]:
    count, named = 0, max(place for place, name in enumerate(header, start=1) if name)
    torn = 0  # the last line whose quotes do not close, until a row behind it is good
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield from lost.told(line, before + reader.line_num, problem_of(error))
            torn = line
            continue
        last = before + reader.line_num
        if lost.swallowed(line, last, cells):
            yield from lost.told(
                line, last, f"its quotes run on to line {last}: close them, or take out the one too many"
            )
            torn = line
        elif any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
            problem = _problem(header, named, torn, cells)
            torn = torn if problem else 0
            yield lost.row(line, cells, problem) if problem else Row(line, cells_by_name(header, cells))


def _problem(header: list[str], named: int, torn: int, cells: list[str]) -> str:
    """`named`: of the header's columns, up to the last that has a name. `torn`: the line of which this may be the rest, or 0."""
    if len(cells) != len(header):
        return f"it has {len(cells)} cells where the header has {len(header)}"
    if any(cell.strip() for cell in cells[named:]):
        return "a cell of it stands behind the last column that has a name"
    if torn and any('"' in cell for cell in cells):
        return f"it may be the rest of line {torn}, whose quotes do not close"
    return ""
