"""`import_addons`: CMS's add-on code edits, and what the scrubber makes of them."""

from datetime import date
from pathlib import Path

import pytest

from apps.claims.models import CodeFact
from apps.claims.rules.registry import scrub
from apps.claims.selectors.snapshots import snapshots
from tests.claims.test_import_code_edits import run
from tests.claims.test_surroundings import DAY, claim

pytestmark = pytest.mark.django_db

HEADING = (
    "Add-on edits of our own making,,,,,,,\n"
    "Add-On Code,AOC_DEL_DT,Primary_Code,Primary_Code_DEL_DT,AOC_Edit_EFF_DT,AOC_Edit_DEL_DT,AOC_Edit_Type,Special Instruction / Notes\n"
)


def file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "AOC_V2026Q4-MCR.csv"
    path.write_text(HEADING + "\n".join(rows) + "\n")
    return path


ROWS = (
    "99439,,99490,,2021001,,1,",
    "99439,,99487,,20210101,2025365,1,",
    "11001,,11000,,2013091,9999365,1,",
    "64494,,CCCCC,,2013091,0000000,2,Not kept",
    "G2211,,99213,2026001,2024001,,3,",
)


def stored() -> list[tuple[str, str, date, date | None]]:
    return list(CodeFact.objects.order_by("code", "value").values_list("code", "value", "effective_on", "ends_on"))


def test_the_edits_come_in_with_their_days_and_once(tmp_path: Path) -> None:
    path = file(tmp_path, *ROWS)
    said, status = run("import_addons", path)
    assert (said, status) == (
        ["1 of 1 files taken in: 5 edits, 5 added, 0 changed, 0 as before, 0 repeated, 0 refused."], 0
    )  # fmt: skip
    assert stored() == [
        ("11001", "1 11000", date(2013, 4, 1), None),
        ("64494", "2", date(2013, 4, 1), None),
        ("99439", "1 99487", date(2021, 1, 1), date(2025, 12, 31)),
        ("99439", "1 99490", date(2021, 1, 1), None),
        ("G2211", "3 99213", date(2024, 1, 1), date(2026, 1, 1)),
    ]
    assert run("import_addons", path)[0][-1].endswith("0 added, 0 changed, 5 as before, 0 repeated, 0 refused.")


def test_bad_rows_are_told_and_another_layout_changes_nothing(tmp_path: Path) -> None:
    said, status = run(
        "import_addons",
        file(
            tmp_path,
            "words,,99490,,2021001,,1,",
            "99439,,,,2021001,,1,",
            "99439,,99490,,2021366,,1,",
            "99439,,99490,,2021001,2020001,1,",
            "99439,,99490,,2021001,,4,",
            "99439,,99490,,2021001,,1,",
        ),
    )
    assert (status, len(stored()), said[-1].endswith("1 added, 0 changed, 0 as before, 0 repeated, 5 refused.")) == (
        1, 1, True
    )  # fmt: skip
    other = tmp_path / "AOC.txt"
    other.write_text("994390000000994900000000202100100000001\n")
    assert "no row of this layout" in run("import_addons", other)[0][0]


@pytest.mark.parametrize(
    ("codes", "day", "lines"),
    [
        (("99439",), DAY, [1]),
        (("99439", "99490"), DAY, []),
        (("99439", "99487"), DAY, [1]),
        (("99439", "99487"), date(2025, 12, 31), []),
        (("11001",), DAY, [1]),
        (("64494",), DAY, []),
        (("G2211",), date(2025, 6, 1), []),
        (("G2211",), DAY, [1]),
        (("90472",), DAY, [1]),
    ],
)
def test_the_table_judges_the_codes_that_it_has_and_the_built_in_list_the_others(
    codes: tuple[str, ...], day: date, lines: list[int], tmp_path: Path
) -> None:
    run("import_addons", file(tmp_path, *ROWS))
    (view,) = snapshots([claim(*codes, service_date=day).pk], today=DAY, for_rules=True).values()
    assert [each.issue.line for each in scrub(view) if each.rule.code == "NCCI-ADDON"] == lines
