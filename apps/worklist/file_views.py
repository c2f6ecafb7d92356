"""A list of work as a file: all that its filter shows, without the columns that its reader leaves out on the page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase

from apps.core import clock
from apps.core.file_answers import file_answer, too_long_answer
from apps.practice.audited_views import audit_read
from apps.worklist.list_views import shown_columns
from apps.worklist.lists import ListOfWork


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
