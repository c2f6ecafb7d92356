"""A list of work as a file: all that its filter shows, without the columns that its reader leaves out on the page."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from apps.core import clock
from apps.core.file_answers import file_answer, too_long_answer
from apps.practice.audited_views import audit_read
from apps.worklist.list_views import shown_columns
from apps.worklist.lists import ListOfWork

# So many rows are read at a time.
CHUNK = 500


class Column(NamedTuple):
    """`name`: of the list's columns that may be left out; what cannot be left out there has none, and is always in the file."""

    heading: str
    cell: Callable[[Any], object]
    name: str = ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """`name`: the file's, to which the day is added. `subject`: what the audit trail calls its rows. `columns`: made of each of the rows
    that are handed in.
    """

    of: ListOfWork
    name: str
    subject: str
    columns: Sequence[Column]


def in_chunks(rows: "QuerySet[Any, Any]") -> Iterator[list[Any]]:
    """What is asked of each row besides is asked of so many at once."""
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def rows_file(request: HttpRequest, file: ListFile, found: "QuerySet[Any, Any]", *, patient: str) -> HttpResponseBase:
    """`list_file` of rows that need nothing besides their query. `patient`: the path to the public id of whom a row names."""
    rows = (row for chunk in in_chunks(found) for row in chunk)
    named = found.exclude(**{patient: None}).order_by(patient).values_list(patient, flat=True)
    return list_file(request, file, rows, number=found.count, patients=lambda: list(named.distinct()))


def list_file(
    request: HttpRequest,
    file: ListFile,
    rows: Iterable[Any],
    *,
    number: Callable[[], int],
    patients: Callable[[], Iterable[str]],
) -> HttpResponseBase:
    """`number` counts `rows`, which are read only where the file is made; `patients`: public ids of those whom it names."""
    if refused := too_long_answer(request.GET, number):
        return refused
    audit_read(request, file.subject, patients=patients(), action="export")
    shown = shown_columns(request, file.of)
    kept = [each for each in file.columns if shown.get(each.name, True)]
    lines = ([each.cell(row) for each in kept] for row in rows)
    name = f"{file.name}-{clock.today().isoformat()}"
    return file_answer(request.GET, name, [each.heading for each in kept], lines)
