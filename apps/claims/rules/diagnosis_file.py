"""CMS's file of ICD-10-CM in order (icd10cm_order_YYYY.txt), and Excludes1 notes of the tabular list, read into what is kept.

Columns: order number 1-5, code 7-13, heading 0 or billable 1 at 15, short words 17-76, long words from 78 on. The words are looked
at and not kept. Source: CMS, ICD-10-CM, "Code Descriptions in Tabular Order", its README.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from apps.claims.rules.code_tables import BadRowError, RefusedRows
from apps.claims.rules.shapes import is_diagnosis

# ICD-10-CM guidelines I.A.13: what the title of a manifestation says.
MANIFESTATION = re.compile(r"\bin (?:\w+ ){0,5}diseases classified elsewhere", re.IGNORECASE)
RELEASE = re.compile(r"(?P<month>april|apr)?[_ -]*(?P<year>20\d\d)", re.IGNORECASE)
_SIDES = re.compile(r"\b(?:right|left)\b")
# "Both eyes", and not "both ulcer and inflammation".
_BOTH_SIDES = re.compile(r"\bbilateral\b|\bboth \w+s\b")
_OTHER = {"right": "left", "left": "right"}
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_CODES = re.compile(rf"(?P<first>{_CODE})(?:\s?-\s?(?P<last>{_CODE}))?")


class CodeRow(NamedTuple):
    """`side`: R, L, B for both, "" where the words name none."""

    code: str
    billable: bool
    manifestation: bool
    finer: int = 0
    side: str = ""


# A code and its words, which are looked at and not kept.
Worded = tuple[CodeRow, str]


class ExclusionRow(NamedTuple):
    """No code that begins with `code` goes with one whose beginning lies from `first` to `last`."""

    code: str
    first: str
    last: str


class ReleaseDays(NamedTuple):
    starts_on: date
    ends_on: date


def release_of(name: str) -> ReleaseDays | None:
    """The days of the release that a file of this name holds; None: the name does not tell.

    The year is the fiscal one, which begins on October 1 of the year before; an April release ends with it.
    """
    told = RELEASE.search(name)
    if told is None:
        return None
    year = int(told["year"])
    ends = date(year, 9, 30)
    return ReleaseDays(date(year, 4, 1), ends) if told["month"] else ReleaseDays(date(year - 1, 10, 1), ends)


def read_codes(lines: Iterable[str], refused: RefusedRows) -> Iterator[CodeRow]:
    """The rows that can be taken; the others, and a code's second row, are noted in `refused`."""
    return with_sides(list(_worded(lines, refused)))


def _worded(lines: Iterable[str], refused: RefusedRows) -> Iterator[Worded]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(line)
            words = line[77:].strip() or line[16:77].strip()
        except BadRowError as reason:
            refused.note(number, str(reason))
            continue
        if row.code in seen:
            refused.note(number, "The code has a row already.")
            continue
        seen.add(row.code)
        yield row, words


def _row(line: str) -> CodeRow:
    code, flag = line[6:13].strip(), line[14:15]
    if not line[:5].strip().isdigit() or flag not in {"0", "1"}:
        raise BadRowError("The row is not of CMS's layout: order number, code, 0 or 1.")
    if not is_diagnosis(code):
        raise BadRowError("The code is not an ICD-10-CM code.")
    return CodeRow(code, flag == "1", is_manifestation(line[16:]))


def is_manifestation(words: str) -> bool:
    """Whether a code's words name it a manifestation of another condition."""
    return MANIFESTATION.search(words) is not None


def with_sides(rows: Sequence[Worded]) -> Iterator[CodeRow]:
    """The rows, each with its side. ICD-10-CM guidelines I.B.13: codes of one side come in pairs, whose words differ in the side alone.
    What is called right or left and has no such other (the heart's failures, its bundle branches) names no side of the body.
    """
    known = {(row.code[:3], words.lower()) for row, words in rows}
    for row, words in rows:
        yield row._replace(side=_side(row.code[:3], words.lower(), known))


def _side(category: str, words: str, known: set[tuple[str, str]]) -> str:
    if _BOTH_SIDES.search(words):
        return "B"
    said = set(_SIDES.findall(words))
    if len(said) != 1:
        return ""
    other = _SIDES.sub(lambda found: _OTHER[found[0]], words)
    return said.pop()[0].upper() if (category, other) in known else ""


def with_finer(rows: Sequence[CodeRow]) -> Iterator[CodeRow]:
    """The rows, each with the number of billable codes below it."""
    below: Counter[str] = Counter()
    for row in rows:
        if row.billable:
            below.update(row.code[:length] for length in range(3, len(row.code)))
    for row in rows:
        yield row._replace(finer=below[row.code])


def excluded_by(note: str) -> Iterator[tuple[str, str]]:
    """First and last beginnings of the codes that an Excludes1 note names in brackets: "listeriosis (A32.-)", "(T61-T62)"."""
    for inside in _IN_BRACKETS.findall(note):
        for found in _CODES.finditer(inside):
            first = found["first"].replace(".", "")
            yield first, (found["last"] or first).replace(".", "")


def exclude_each_other(row: ExclusionRow, one: str, other: str) -> bool:
    """Whether `row` keeps `one`, under which it stands, and `other` apart."""
    return one.startswith(row.code) and row.first <= other[: len(row.first)] and other[: len(row.last)] <= row.last
