"""A list of work as a file: all that its filter shows, without the columns that its reader leaves out on the page."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase

from apps.core import clock
from apps.core.file_answers import file_answer
from apps.worklist.list_views import shown_columns
from apps.worklist.lists import ListOfWork


class Column(NamedTuple):
    """`name`: of the list's columns that may be left out; what cannot be left out there has none, and is always in the file."""

    heading: str
    cell: Callable[[Any], object]
    name: str = ""


def list_file(
    request: HttpRequest, of: ListOfWork, name: str, columns: Sequence[Column], rows: Iterable[Any]
) -> HttpResponseBase:
    """`name`: the file's, to which the day is added. Each of `rows` is what the columns' cells are made of."""
    shown = shown_columns(request, of)
    kept = [each for each in columns if shown.get(each.name, True)]
    lines = ([each.cell(row) for each in kept] for row in rows)
    return file_answer(request.GET, f"{name}-{clock.today().isoformat()}", [each.heading for each in kept], lines)
