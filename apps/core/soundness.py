"""Figures that are kept beside what they are worked out from: looked for where they differ, each difference a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

FEW = 20
PAGE = 20_000


@dataclass(frozen=True, slots=True)
class Check:
    """`query` finds what is wrong, one row each, for `what` to name by place ({0}, {1}); `remedy` says what to do about it.

    With `table`, the query is asked once for each range of that table's keys, as %(after)s < id <= %(upto)s: no statement
    takes in more than a page, however many rows there are.
    """

    what: str
    remedy: str
    query: str
    table: str = ""


def take_statistics() -> None:
    """Let the planner see tables as they are now: for one that was just filled it still plans as for an empty one, and a check of
    seconds takes minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def faults_of(checks: Iterable[Check], *, page: int = PAGE) -> list[str]:
    """The first few of each check in words, and how many more there are; empty when all figures agree."""
    return [sentence for check in checks for sentence in _sentences(check, page)]


def _sentences(check: Check, page: int) -> Iterator[str]:
    more = 0
    told = 0
    for row in _rows(check, page):
        if told < FEW:
            told += 1
            yield f"{check.what.format(*row)} {check.remedy}"
        else:
            more += 1
    if more:
        yield f"{more} more of this kind."


def _rows(check: Check, page: int) -> Iterator[tuple[object, ...]]:
    with connection.cursor() as cursor:
        if not check.table:
            cursor.execute(check.query)
            yield from cursor.fetchall()
            return
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {connection.ops.quote_name(check.table)}")  # noqa: S608  a table's name of ours
        (last,) = cursor.fetchone()
        for after in range(0, last, page):
            cursor.execute(check.query, {"after": after, "upto": after + page})
            yield from cursor.fetchall()
