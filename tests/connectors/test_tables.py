"""Delimited files as spreadsheets and other programs leave them."""

import pytest

from apps.connectors.tables import UnreadableFileError, decode, table


def rows(text: str) -> list[tuple[int, dict[str, str], str]]:
    return [(row.line, row.cells, row.problem) for row in table(text)[1]]


def test_columns_without_a_name_behind_the_last_are_dropped_where_they_are_empty() -> None:
    assert table("Day,Sum,,\n")[0] == ["Day", "Sum"]
    assert rows("Day,Sum,,\n1,2,,\n3,4,x,\n") == [
        (2, {"Day": "1", "Sum": "2"}, ""),
        (3, {"Day": "3", "Sum": "4"}, "a cell of it stands behind the last column that has a name"),
    ]


def test_a_row_that_an_unquoted_comma_moved_into_columns_without_a_name_is_refused() -> None:
    ((_, _, problem),) = rows("Day,Sum,,\n1,2,000,,\n")
    assert problem == "it has 5 cells where the header has 4"


def test_columns_without_a_name_before_others_are_passed_over() -> None:
    assert rows(",Day,,Sum\n0,1,x,2\n") == [(2, {"Day": "1", "Sum": "2"}, "")]


def test_blank_lines_before_the_header_are_passed_over_and_counted() -> None:
    assert rows('\r\n,,\r\n""\r\nDay,Sum\r\n1,2\r\n"1,2\r\n') == [
        (5, {"Day": "1", "Sum": "2"}, ""),
        (6, {"Day": "1", "Sum": "2"}, "its quotes do not close, or something follows a closing quote"),
    ]
    with pytest.raises(UnreadableFileError, match="The file is empty"):
        table("\n,,\n\n")


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
def test_a_first_line_that_names_the_delimiter_is_honoured(line: str) -> None:
    assert rows(f"{line}\nDay;Sum, net, in dollars\n1;2,0\n") == [(3, {"Day": "1", "Sum, net, in dollars": "2,0"}, "")]


def test_a_delimiter_named_first_that_the_header_does_not_use_is_passed_over() -> None:
    assert table("sep=;\nDay,Sum\n")[0] == ["Day", "Sum"]


def test_a_cell_that_is_too_long_is_told_as_that() -> None:
    told = rows(f"Day,Sum\n1,{'x' * 200_000}\n3,4\n")
    assert [(line, problem) for line, _, problem in told] == [
        (2, "a cell of it has more than 131,072 characters: shorten it, or close its quotes"),
        (3, ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read(encoding: str) -> None:
    assert decode("Day,Sum\nMuñoz,2\n".encode(encoding)) == "Day,Sum\nMuñoz,2\n"


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"PK\x03\x04rest", "a workbook or an archive. Save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "a workbook or an archive. Save it as CSV UTF-8"),
        (b"Day,Sum\n1\x00,2\n", "its encoding cannot be told. Save it as CSV UTF-8"),
        ("日付,合計\n一,二\n".encode("utf-16-le"), "its encoding cannot be told. Save it as CSV UTF-8"),
    ],
)
def test_what_is_no_text_says_what_to_do(payload: bytes, says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        decode(payload)
