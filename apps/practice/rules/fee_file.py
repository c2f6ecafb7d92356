"""A payer's fee schedule as a CSV file, and how it differs from what stands. Text in, rows and problems out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from apps.practice.rules.csv_file import NO_ROWS, Problem, RowError, day, read_rows

COLUMNS = ("procedure", "modifier", "allowed", "effective", "ends")
_NEEDED = ("procedure", "allowed", "effective")
_PROCEDURE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
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


def read_fees(text: str) -> FeeFile:
    """A header names the columns, in any order; `modifier` and `ends` may be missing. A row that stands twice is a problem."""
    fees: dict[Key, Fee] = {}
    problems = []
    for line, row in read_rows(text, needed=_NEEDED, known=COLUMNS):
        try:
            found = row if isinstance(row, Problem) else _fee(row)
        except RowError as error:
            found = Problem(line, str(error))
        if isinstance(found, Problem):
            problems.append(found)
        elif fees.setdefault(found.key, found) is not found:
            problems.append(Problem(line, _TWICE))
    if not fees and not problems:
        problems.append(Problem(1, NO_ROWS))
    return FeeFile(tuple(fees.values()), tuple(problems))


def _fee(row: Mapping[str, str]) -> Fee:
    procedure, modifier = row.get("procedure", "").upper(), row.get("modifier", "").upper()
    if not _PROCEDURE.fullmatch(procedure):
        raise RowError("The procedure is not a CPT or HCPCS code of five characters.")
    if modifier and not _MODIFIER.fullmatch(modifier):
        raise RowError("A modifier has two characters.")
    effective_on, ends_on = day(row, "effective"), day(row, "ends")
    if effective_on is None:
        raise RowError("The first day (effective) is missing.")
    if ends_on and ends_on < effective_on:
        raise RowError("It ends before it begins.")
    return Fee(procedure, modifier, _dollars(row.get("allowed", "")), effective_on, ends_on)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        raise RowError("allowed is not an amount in dollars.") from None
    if not amount.is_finite() or not 0 < amount < MOST_DOLLARS:
        raise RowError("allowed is not an amount above zero and below a million dollars.")
    if amount != amount.quantize(Decimal("0.01")):
        raise RowError("allowed has fractions of a cent.")
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
