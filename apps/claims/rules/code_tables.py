"""What CMS's quarterly files have in common: a heading of any length, then rows that begin with a code; rows that cannot be taken."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from apps.claims.rules.shapes import is_procedure

LINES_SHOWN = 20
YYYYMMDD = re.compile(r"[0-9]{8}")
LONGEST_REASON = 200


class BadRowError(ValueError):
    """A row that cannot be taken; the message says why."""


class BadHeadingError(ValueError):
    """A file whose columns are not those of its layout; the message says which and what to do."""


class RefusedRows:
    """Rows that were not taken, by reason: how many, and the first of their lines. Its size does not grow with the file."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = {}

    def note(self, line: int, reason: str) -> None:
        self._count[reason] += 1
        lines = self._lines.setdefault(reason, [])
        if len(lines) < LINES_SHOWN:
            lines.append(line)

    def __len__(self) -> int:
        return self._count.total()

    def sentences(self) -> Iterator[str]:
        """One a reason, the commonest first."""
        for reason, count in self._count.most_common():
            shown = ", ".join(map(str, self._lines[reason])) + (", ..." if count > LINES_SHOWN else "")
            yield f"refused  {count:>5}  {reason} (line {shown})"


def csv_rows(lines: Iterable[str], refused: RefusedRows) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its line; a line that is no CSV is noted in `refused`, and the next is read."""
    rows = csv.reader(lines)
    while True:
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error:
            refused.note(rows.line_num, "The line is not CSV.")
        else:
            yield rows.line_num, fields


def begins_data(fields: Sequence[str]) -> bool:
    """Whether a row is the first below the heading: CMS puts a notice and column names of several lines above its rows."""
    return len(fields) > 1 and is_procedure(fields[0].strip())


@lru_cache(maxsize=50_000)
def code(text: str, words: str) -> str:
    """The code itself. A file has millions of them and few different ones. Raises BadRowError."""
    if not is_procedure(text):
        raise BadRowError(f"The {words} is not a CPT or HCPCS code.")
    return text


@lru_cache(maxsize=5_000)
def day(text: str, words: str) -> date:
    """CMS's yyyymmdd. Raises BadRowError."""
    try:
        if YYYYMMDD.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        pass
    raise BadRowError(f"The {words} is not a day written yyyymmdd.")


def words_of(rest: Sequence[str]) -> str:
    """The rationale, the last column; some files have none."""
    return rest[0].replace("\0", "")[:LONGEST_REASON] if rest else ""
