"""A list as a CSV file, sent row by row: its length costs no memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from apps.core.csv_cells import plain_cell


class _Echo:
    """What is written to it is handed back."""

    def write(self, text: str) -> str:
        return text


def csv_answer(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """`name` is the file's, without its suffix. Every text cell is made harmless to a spreadsheet; nothing is "" for None."""
    answer = StreamingHttpResponse(_lines(heading, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(heading)
    for row in rows:
        yield writer.writerow([plain_cell(cell) if isinstance(cell, str) else cell for cell in row])
