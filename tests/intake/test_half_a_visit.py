"""Half a visit is never billed, wherever quotes stand in a charge file that do not belong there."""

import random
from collections import Counter
from datetime import date

import pytest

from apps.connectors.adapters.csv_drop.mapping import FileReading
from apps.connectors.ports.charge_files import ChargeFileContent, FileLayout
from apps.connectors.tables import table

ROW = {
    "visit": "", "patient": "", "last_name": "Thornbury", "first_name": "Ada", "birth_date": "1980-05-01", "address": "12 Oak",
    "city": "Austin", "payer": "Prairie", "member_id": "LP1", "provider_last_name": "Quintero", "service_date": "2026-09-14",
    "procedure": "99213", "charge": "148.00", "diagnosis_1": "J01.90", "location": "",
}  # fmt: skip
ADDRESSES = ("12 Oak", "12 Oak, Apt 3", "12 Oak\nApt 3", "12 Oak, Apt 3\n\nbehind, left")


def read(header: list[str], *lines: str) -> ChargeFileContent:
    names, rows = table("\n".join([",".join(header), *lines, ""]))
    layout = FileLayout({name: name for name in names}, {}, "%Y-%m-%d")
    return FileReading(layout, date(2026, 9, 20)).read(rows)


def written(cells: list[str], *, all_quoted: bool) -> list[str]:
    return [f'"{cell}"' if all_quoted or "," in cell or "\n" in cell else cell for cell in cells]


def spoilt(cell: str, place: int) -> str:
    return f'{cell[:place]}"{cell[place:]}'


@pytest.mark.parametrize("columns_moved", [False, True])
@pytest.mark.parametrize("all_quoted", [False, True])
@pytest.mark.parametrize("address", ADDRESSES)
def test_of_a_visit_come_all_rows_or_none(address: str, all_quoted: bool, columns_moved: bool) -> None:
    chance, came = random.Random(1), 0
    for _ in range(60):
        header = chance.sample(list(ROW), len(ROW)) if columns_moved else list(ROW)
        visits = [number for number in range(6) for _ in range(chance.choice((1, 2, 3)))]
        told = [{**ROW, "visit": f"V{each}", "patient": f"P{each}", "address": address} for each in visits]
        rows = [written([row[name] for name in header], all_quoted=all_quoted) for row in told]
        for _ in range(chance.choice((1, 2, 3))):
            row, column = chance.choice(rows), chance.randrange(len(header))
            row[column] = spoilt(row[column], chance.choice((0, len(row[column]) // 2, len(row[column]))))
        content = read(header, *(",".join(row) for row in rows))
        whole = Counter(f"V{each}" for each in visits)
        found = {each.source_id: len(each.charges) for each in content.encounters}
        assert found.items() <= whole.items(), rows
        came += len(found)
    assert came > 60


def test_a_visit_waits_for_a_row_in_which_its_number_was_moved() -> None:
    header = ["address", *(name for name in ROW if name != "address")]
    row = ",".join({**ROW, "visit": "V1", "patient": "P1"}[name] for name in header)
    content = read(header, row, row.replace("12 Oak", "12 Oak, Apt 3"), row.replace("V1,P1", "V2,P1"))
    assert [(each.line, each.reason) for each in content.problems] == [
        (2, "it waits for line 3, which belongs to the same visit"),
        (3, "it has 16 cells where the header has 15"),
    ]
    assert [each.source_id for each in content.encounters] == ["V2"]


def test_a_number_with_a_quotation_mark_is_none_of_its_own() -> None:
    row = ",".join({**ROW, "visit": "V1", "patient": "P1"}.values())
    content = read(list(ROW), row, row.replace("V1", 'V"1'))
    assert [each.reason.partition(":")[0] for each in content.problems] == [
        "it waits for line 3, which belongs to the same visit",
        "the visit number holds a quotation mark",
    ]


def test_the_rest_of_a_cell_whose_quotes_do_not_close_is_no_row() -> None:
    row = written(list({**ROW, "visit": "V1\nV2", "patient": "P1"}.values()), all_quoted=False)
    content = read(list(ROW), ",".join([spoilt(row[0], 1), *row[1:]]))
    assert [each.reason for each in content.problems] == [
        "its quotes do not close, or something follows a closing quote",
        "it may be the rest of line 2, whose quotes do not close",
    ]
