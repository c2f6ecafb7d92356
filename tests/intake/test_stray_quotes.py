"""A quote too many or too few in a charge file: the lines that it swallowed are lost and told, and their visits wait whole."""

from datetime import datetime

import pytest

from apps.intake.models import ColumnMapping, Encounter
from apps.intake.services import ImportedFile
from tests.intake.test_import_charge_file import COLUMNS, GOOD, HEADER, SECOND, bring, file, mapping

__all__ = ["mapping"]
pytestmark = pytest.mark.django_db

WIDE = f"{HEADER},Addr,Note"
OTHER = GOOD.replace("V1,1,P1", "V9,1,P9").replace("LP1", "LP9").replace("Thornbury,Ada", "Quill,Bea")
SWALLOWED = "it was read as part of line 2, whose quotes do not close"
RUNS_ON = "its quotes run on to line 3: close them, or take out the one too many"
WAITS = "it waits for line 3, which belongs to the same visit"


def bring_wide(mapping: ColumnMapping, now: datetime, *rows: str) -> ImportedFile:
    mapping.columns = {**COLUMNS, "address": "Addr", "city": "Note"}
    mapping.save()
    return bring(mapping, file(*rows, header=WIDE), now)


def told(imported: ImportedFile) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in imported.problems]


def test_rows_between_two_stray_quotes_are_lost_and_no_half_a_visit_comes_in(
    mapping: ColumnMapping, now: datetime
) -> None:
    imported = bring_wide(mapping, now, f'{OTHER},"12 Oak,x', f'{GOOD},6 feet",x', f"{SECOND},1 Elm,x")
    assert told(imported) == [(2, RUNS_ON), (3, SWALLOWED), (4, WAITS)]
    assert not Encounter.objects.exists()


def test_a_stray_quote_in_the_last_column_loses_the_next_row_too(mapping: ColumnMapping, now: datetime) -> None:
    imported = bring_wide(mapping, now, f'{OTHER},1 Elm,"x', f'{GOOD},6 feet",x', f"{SECOND},1 Elm,x")
    assert told(imported) == [(2, RUNS_ON), (3, SWALLOWED), (4, WAITS)]
    assert not Encounter.objects.exists()


def test_two_stray_pairs_that_make_up_for_one_another_are_found(mapping: ColumnMapping, now: datetime) -> None:
    opening, middle = OTHER.replace("78704", '"78704'), GOOD.replace("Ada", 'Ada"').replace("99213", '"99213')
    imported = bring_wide(mapping, now, f"{opening},1 Elm,x", f"{middle},1 Elm,x", f'{SECOND},6 feet",x')
    assert [line for line, _ in told(imported)] == [2, 3, 4]
    assert not Encounter.objects.exists()


def test_the_visit_of_a_lost_line_is_known_behind_its_quotes(mapping: ColumnMapping, now: datetime) -> None:
    quoted = GOOD.replace("V1,", '"V1",').replace("Marisol Quintero", '"Quintero, MD"x')
    imported = bring_wide(mapping, now, f"{SECOND},1 Elm,x", f"{quoted},1 Elm,x", f"{OTHER},1 Elm,x")
    assert imported.new == 1
    assert Encounter.objects.get().source_id == "V9"


@pytest.mark.parametrize(
    "note",
    [
        "came late\nfelt well",
        "came late\r\nfelt well\r\n\r\nleft",
        "a, b, c\nd, e, f\n" + "g, h\n" * 3,
        "first\r\nsecond, with a comma",
    ],
)
@pytest.mark.parametrize("column", ["Addr", "Last"])
def test_a_note_of_several_lines_is_one_cell(mapping: ColumnMapping, now: datetime, note: str, column: str) -> None:
    row = f"{GOOD},1 Elm,x"
    row = row.replace("1 Elm" if column == "Addr" else "Thornbury", f'"{note}"')
    imported = bring_wide(mapping, now, row, f"{OTHER},1 Elm,x")
    assert told(imported) == []
    assert imported.new == 2
