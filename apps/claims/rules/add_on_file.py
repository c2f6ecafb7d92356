"""CMS's add-on code edits (AOC_V*.xlsx, saved as CSV), read row by row.

Columns by their names in the sheet, of which these are read: the add-on code (the first), PRIMARY_CODE, AOC_DEL_DT, PRIMARY_CODE_DEL_DT,
AOC_EDIT_EFF_DT, AOC_EDIT_DEL_DT, AOC_EDIT_TYPE. A day is the year and its day of the year (2013091); without a deletion the cell is empty,
zeros or of the year 9999. A type without primary codes has none, or CCCCC. Source: CMS, Medicare NCCI add-on code edits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from apps.claims.rules.code_tables import BadRowError, RefusedRows, code, csv_rows, day
from apps.claims.rules.fact_file import FactRow

REQUIRED = frozenset({"primary_code", "aoc_edit_eff_dt", "aoc_edit_type"})
DELETIONS = ("aoc_edit_del_dt", "aoc_del_dt", "primary_code_del_dt")
NO_PRIMARY = frozenset({"", "CCCCC"})
# CMS's implementation of the edits (CR 7501); a row without its first day counts from then on.
_FIRST_DAY = date(2013, 4, 1)
_YEAR_AND_DAY = re.compile(r"(\d{4})(\d{3})")
_WORDS = re.compile(r"[^a-z0-9]+")


def read_add_ons(lines: Iterable[str], source: str, refused: RefusedRows) -> Iterator[FactRow]:
    """The edits that can be taken; the others are noted in `refused`. Nothing, where no line names the columns."""
    names: list[str] = []
    for number, row in csv_rows(lines, refused):
        fields = [field.strip() for field in row]
        if not names:
            told = [_WORDS.sub("_", field.lower()).strip("_") for field in fields]
            names = told if set(told) >= REQUIRED else []
        elif any(fields):
            try:
                yield _row(number, fields[0], dict(zip(names, fields, strict=False)), source)
            except BadRowError as reason:
                refused.note(number, str(reason))


def _row(number: int, add_on: str, told: Mapping[str, str], source: str) -> FactRow:
    kind = told.get("aoc_edit_type", "")
    primary = told.get("primary_code", "").upper()
    if kind not in {"1", "2", "3"}:
        raise BadRowError("The type is not 1, 2 or 3.")
    if kind == "1" and primary in NO_PRIMARY:
        raise BadRowError("An edit of type 1 names no primary code.")
    value = kind if primary in NO_PRIMARY or kind == "2" else f"{kind} {code(primary, 'primary code')}"
    begins = _day(told["aoc_edit_eff_dt"], "effective date") or _FIRST_DAY
    ends = min((end for name in DELETIONS if (end := _day(told.get(name, ""), "deletion date"))), default=None)
    if ends and ends < begins:
        raise BadRowError("It ends before it begins.")
    return FactRow(number, code(add_on.upper(), "add-on code"), value, begins, ends, source)


def _day(text: str, words: str) -> date | None:
    """None: it names none."""
    if not text.strip("0") or text.startswith("9999"):
        return None
    told = _YEAR_AND_DAY.fullmatch(text)
    if told is None:
        return day(text, words)
    year, number = int(told[1]), int(told[2])
    found = date(year, 1, 1) + timedelta(days=number - 1) if year and number else None
    if found is None or found.year != year:
        raise BadRowError(f"The {words} is not a day of its year.")
    return found
