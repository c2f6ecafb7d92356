"""A list as a file: CSV of any length, or a workbook for Excel."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import islice

from django.http import HttpResponse, HttpResponseBase, QueryDict
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from apps.core.csv_answers import csv_answer
from apps.core.csv_cells import plain_cell

# A workbook is made in memory, so that nothing of it stays on a disk: at most so many rows, some 100 MB.
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TOO_LONG = (
    f"This list has more than {MOST_ROWS:,} rows, too many for a workbook. "
    "Go back and take the CSV file, which has all of them, or narrow the list."
)
# What a cell holds is written as what it is; a text never becomes a formula, a link or a number.
_AS_THEY_ARE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def file_answer(
    query: QueryDict, name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponseBase:
    """As the address asks by `as`: "xlsx", else CSV. `name` is the file's, without its suffix; amounts are Decimals, in dollars."""
    if query.get("as") == "xlsx":
        return _workbook_answer(name, heading, iter(rows))
    return csv_answer(name, heading, rows)


def _workbook_answer(name: str, heading: Sequence[str], rows: Iterator[Sequence[object]]) -> HttpResponse:
    held = BytesIO()
    with Workbook(held, _AS_THEY_ARE) as book:
        sheet = book.add_worksheet()
        day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heading) - 1, 18)
        _write(sheet, 0, heading, day, money)
        for at, row in enumerate(islice(rows, MOST_ROWS), start=1):
            _write(sheet, at, row, day, money)
    if next(rows, None) is not None:
        return HttpResponse(_TOO_LONG, status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(held.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def _write(sheet: Worksheet, at: int, row: Sequence[object], day: Format, money: Format) -> None:
    """An empty cell is left out."""
    for place, cell in enumerate(row):
        if isinstance(cell, date) and not isinstance(cell, datetime):
            sheet.write_datetime(at, place, datetime.combine(cell, time()), day)
        elif isinstance(cell, Decimal):
            sheet.write_number(at, place, cell, money)  # type: ignore[call-overload]  # Decimals are taken as well, digit by digit
        elif isinstance(cell, int):
            sheet.write_number(at, place, cell)
        elif cell not in (None, ""):
            sheet.write_string(at, place, plain_cell(str(cell)))
