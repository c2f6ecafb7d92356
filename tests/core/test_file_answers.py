"""A list as CSV or as a workbook, read back as a spreadsheet would have it."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZipFile

import pytest
from django.http import QueryDict

from apps.core.file_answers import MOST_ROWS, XLSX, file_answer, too_long_answer

ROW = ("=1+1", "Okafor\x00, Ada", date(2026, 9, 16), Decimal("12.50"), 3, None, "")
HEADING = ("Formula", "Name", "Day", "Amount", "Number", "Nothing", "Empty")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(content: bytes) -> tuple[Element, list[str]]:
    """The sheet, and the texts that its cells point at."""
    with ZipFile(BytesIO(content)) as book:
        texts = ["".join(each.itertext()) for each in fromstring(book.read("xl/sharedStrings.xml"))]  # noqa: S314  our own
        return fromstring(book.read("xl/worksheets/sheet1.xml")), texts  # noqa: S314  our own


def test_a_workbook_has_texts_as_texts_and_figures_as_figures() -> None:
    answer = file_answer(QueryDict("as=xlsx"), "list", HEADING, [ROW])
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    found, texts = sheet(answer.content)  # type: ignore[attr-defined]  # whole, not streamed
    rows = [
        {re.sub(r"\d", "", cell.get("r", "")): (cell.get("t"), cell.findtext(f"{MAIN}v")) for cell in row}
        for row in found.iter(f"{MAIN}row")
    ]
    assert [texts[int(value or 0)] for _, value in rows[0].values()] == list(HEADING)
    assert {place: texts[int(rows[1][place][1] or 0)] for place in "AB"} == {"A": "'=1+1", "B": "Okafor , Ada"}
    assert {place: rows[1][place] for place in "CDE"} == {"C": (None, "46281"), "D": (None, "12.50"), "E": (None, "3")}
    assert set(rows[1]) == set("ABCDE")
    assert not list(found.iter(f"{MAIN}f"))


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "http://example.org", "{=1}"])
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    answer = file_answer(QueryDict("as=xlsx"), "list", ["A"], [[text]])
    found, texts = sheet(answer.content)  # type: ignore[attr-defined]  # whole, not streamed
    assert not list(found.iter(f"{MAIN}f"))
    assert not list(found.iter(f"{MAIN}hyperlinks"))
    assert texts[1].removeprefix("'") == text


@pytest.mark.parametrize("asked", ["", "as=csv", "as=ods"])
def test_else_it_is_csv(asked: str) -> None:
    answer = file_answer(QueryDict(asked), "list", HEADING, [ROW])
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert lines[1] == '\'=1+1,"Okafor , Ada",2026-09-16,12.50,3,,'


def test_a_list_too_long_for_a_workbook_says_so_before_a_row_is_read() -> None:
    assert too_long_answer(QueryDict("as=xlsx"), lambda: MOST_ROWS) is None
    answer = too_long_answer(QueryDict("as=xlsx"), lambda: MOST_ROWS + 1)
    assert answer is not None
    assert answer.status_code == 422
    assert f"more than {MOST_ROWS:,} rows" in answer.content.decode()


def test_the_rows_of_a_csv_file_are_not_counted() -> None:
    assert too_long_answer(QueryDict("as=csv"), lambda: pytest.fail("counted")) is None
