"""`import_globals`: the days that belong to an operation, from CMS's relative value file."""

from datetime import date
from pathlib import Path

import pytest

from apps.claims.models import CodeFact
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.global_file import edition_of
from tests.claims.test_import_code_edits import run

pytestmark = pytest.mark.django_db

# As CMS stacks them: a notice, names over several lines, of which the last begins with HCPCS.
HEADING = (
    "Relative value file of our own making,,,,,\r\n"
    '"A notice, with a comma",,,,,\r\n'
    ",,,,PCTC,GLOB\r\n"
    "HCPCS,MOD,DESCRIPTION,CODE,IND,DAYS\r\n"
)
ROWS = (
    "11750,,Not kept,A,0,010\r\n"
    "27447,,Not kept,A,0,90\r\n"
    "20610,,Not kept,A,0,0\r\n"
    "93000,,Not kept,A,4,XXX\r\n"
    "93000,26,Not kept,A,1,XXX\r\n"
)


def file(tmp_path: Path, text: str, name: str = "PPRRVU2026_Jul.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def stored() -> list[tuple[str, str, date]]:
    return list(
        CodeFact.objects.filter(kind=Kind.GLOBAL)
        .order_by("code", "effective_on")
        .values_list("code", "value", "effective_on")
    )


JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)
FIRST = [("11750", "010", JULY), ("20610", "000", JULY), ("27447", "090", JULY), ("93000", "XXX", JULY)]


def test_the_days_of_each_code_come_in_and_nothing_else(tmp_path: Path) -> None:
    said, status = run("import_globals", file(tmp_path, HEADING + ROWS))
    assert (said, status) == (
        ["1 of 1 files taken in: 8 facts, 8 added, 0 changed, 0 as before, 0 repeated, 0 refused."], 0
    )  # fmt: skip
    assert stored() == FIRST
    assert not CodeFact.objects.filter(source__contains="Not kept").exists()


def test_the_next_quarter_adds_only_what_it_says_otherwise(tmp_path: Path) -> None:
    run("import_globals", file(tmp_path, HEADING + ROWS))
    later = file(tmp_path, HEADING + ROWS.replace("A,0,010", "A,0,000"), "PPRRVU2026_Oct_nonQPP.csv")
    said, status = run("import_globals", later)
    assert (said[-1], status) == (
        "1 of 1 files taken in: 8 facts, 1 added, 0 changed, 7 as before, 0 repeated, 0 refused.", 0
    )  # fmt: skip
    assert stored() == [FIRST[0], ("11750", "000", OCTOBER), *FIRST[1:]]
    assert run("import_globals", later)[0][-1].endswith("0 added, 0 changed, 8 as before, 0 repeated, 0 refused.")


def test_a_bad_row_is_told_and_the_others_come_in(tmp_path: Path) -> None:
    said, status = run(
        "import_globals", file(tmp_path, HEADING + "11750,,x,A,0,007\r\n27447,,x,A\r\n20610,,x,A,0,000\r\n")
    )
    assert status == 1
    assert set(CodeFact.objects.values_list("code", "kind")) == {("20610", "global"), ("20610", "pctc")}
    assert [line for line in said if "refused" in line][:2] == [
        "PPRRVU2026_Jul.csv: refused      1  The global days are none of 000, 010, 090, MMM, XXX, YYY, ZZZ. (line 5)",
        "PPRRVU2026_Jul.csv: refused      1  The row ends before the column of the global days or of the indicator. (line 6)",
    ]


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (HEADING.replace("GLOB", "GLOBE") + ROWS, "PPRRVU26_JAN.csv", "no row of this layout"),
        (ROWS, "PPRRVU26.csv", "no row of this layout"),
        (HEADING + ROWS, "values.csv", "--effective"),
    ],
)
def test_another_layout_and_a_file_without_a_day_change_nothing(
    tmp_path: Path, text: str, name: str, words: str
) -> None:
    said, status = run("import_globals", file(tmp_path, text, name))
    assert (status, words in said[0], CodeFact.objects.count()) == (1, True, 0)


def test_a_file_names_its_quarter() -> None:
    assert edition_of("PPRRVU26_JUL.csv") == JULY
    assert edition_of("PPRRVU2026_Oct_nonQPP.csv") == OCTOBER
    assert edition_of("PPRRVU2026.csv") == date(2026, 1, 1)
    assert edition_of("RVU26C.csv") is None
