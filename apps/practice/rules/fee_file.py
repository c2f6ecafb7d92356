"""A payer's fee schedule as a CSV file, and how it differs from what stands. Text in, rows and problems out."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Protocol

COLUMNS = ("procedure", "modifier", "allowed", "effective", "ends")
_NEEDED = ("procedure", "allowed", "effective")
_PROCEDURE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_DATES = ("%Y-%m-%d", "%m/%d/%Y")
MOST_DOLLARS = Decimal(1_000_000)

_TWICE = "The procedure, modifier and first day stand in an earlier line."

Key = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Fee:
    """Dollars for one unit, from `effective_on` to `ends_on` (empty: until a later row takes its place)."""

    procedure: str
    modifier: str
    allowed: Decimal
    effective_on: date
    ends_on: date | None = None

    @property
    def key(self) -> Key:
        return self.procedure, self.modifier, self.effective_on


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of the file cannot be taken; the header is line 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FeeFile:
    fees: tuple[Fee, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the file would add and change, (old, new); `same` rows stand as they are, `unnamed` ones stand and are not in the file."""

    added: tuple[Fee, ...]
    changed: tuple[tuple[Fee, Fee], ...]
    same: int
    unnamed: int

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.changed


class _Rows(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


class _RowError(ValueError):
    """Why a row cannot be taken, as a sentence."""


def read_fees(text: str) -> FeeFile:
    """A header names the columns, in any order; `modifier` and `ends` may be missing. A row that stands twice is a problem."""
    rows = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        named = ", ".join(COLUMNS)
        return FeeFile((), (Problem(1, f"The column {missing[0]} is missing. The columns are {named}."),))
    fees: dict[Key, Fee] = {}
    problems = []
    for line, found in _rows(rows, header):
        if isinstance(found, str):
            problems.append(Problem(line, found))
        elif fees.setdefault(found.key, found) is not found:
            problems.append(Problem(line, _TWICE))
    if not fees and not problems:
        problems.append(Problem(1, "The file has no rows."))
    return FeeFile(tuple(fees.values()), tuple(problems))


def _rows(rows: "_Rows", header: Sequence[str]) -> Iterator[tuple[int, Fee | str]]:
    """Each line's number with its fee, or with why it cannot be taken. Nothing is read behind a line that is no CSV."""
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, _read(dict(zip(header, map(str.strip, cells), strict=False)))
    except csv.Error:
        yield rows.line_num, "This line is not CSV."


def _read(row: Mapping[str, str]) -> Fee | str:
    try:
        return _fee(row)
    except _RowError as error:
        return str(error)


def _fee(row: Mapping[str, str]) -> Fee:
    procedure, modifier = row.get("procedure", "").upper(), row.get("modifier", "").upper()
    if not _PROCEDURE.fullmatch(procedure):
        raise _RowError("The procedure is not a CPT or HCPCS code of five characters.")
    if modifier and not _MODIFIER.fullmatch(modifier):
        raise _RowError("A modifier has two characters.")
    effective_on, ends_on = _day(row, "effective"), _day(row, "ends") if row.get("ends") else None
    if effective_on is None:
        raise _RowError("The first day (effective) is missing.")
    if ends_on and ends_on < effective_on:
        raise _RowError("It ends before it begins.")
    return Fee(procedure, modifier, _dollars(row.get("allowed", "")), effective_on, ends_on)


def _day(row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column, "")
    if not text:
        return None
    for shape in _DATES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    raise _RowError(f"{column} is not a date: write 2026-01-31 or 01/31/2026.")


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        raise _RowError("allowed is not an amount in dollars.") from None
    if not amount.is_finite() or not 0 < amount < MOST_DOLLARS:
        raise _RowError("allowed is not an amount above zero and below a million dollars.")
    if amount != amount.quantize(Decimal("0.01")):
        raise _RowError("allowed has fractions of a cent.")
    return amount.quantize(Decimal("0.01"))


def difference(fees: Iterable[Fee], standing: Iterable[Fee]) -> Difference:
    stand = {fee.key: fee for fee in standing}
    named = {fee.key: fee for fee in fees}
    changed = tuple(_changes(named, stand))
    added = tuple(fee for key, fee in named.items() if key not in stand)
    same = len(named) - len(added) - len(changed)
    return Difference(added, changed, same, len(stand.keys() - named.keys()))


def _changes(named: Mapping[Key, Fee], stand: Mapping[Key, Fee]) -> Iterator[tuple[Fee, Fee]]:
    for key, fee in named.items():
        if key in stand and stand[key] != fee:
            yield stand[key], fee
