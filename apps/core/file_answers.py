"""A list as a file: CSV of any length, or a workbook for Excel."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

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


def too_long_answer(query: QueryDict, number: Callable[[], int]) -> HttpResponse | None:
    """The sentence that goes out instead, before a row is read; `number` counts the rows, and is asked only for a workbook."""
    if not _asks_for_workbook(query) or number() <= MOST_ROWS:
        return None
    return HttpResponse(_TOO_LONG, status=422, content_type="text/plain; charset=utf-8")


def _asks_for_workbook(query: QueryDict) -> bool:
    return query.get("as") == "xlsx"


def file_answer(
    query: QueryDict, name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponseBase:
    """As the address asks by `as`: "xlsx", else CSV. `name` is the file's, without its suffix; amounts are Decimals, in dollars."""
    if _asks_for_workbook(query):
        return _workbook_answer(name, heading, rows)
    return csv_answer(name, heading, rows)


def _workbook_answer(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    held = BytesIO()
    with Workbook(held, _AS_THEY_ARE) as book:
        sheet = book.add_worksheet()
        day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heading) - 1, 18)
        _write(sheet, 0, heading, day, money)
        for at, row in enumerate(rows, start=1):
            _write(sheet, at, row, day, money)
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
