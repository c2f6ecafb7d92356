"""Of a charge file no column, and nothing of a provider's name, is lost without a word."""

from datetime import datetime
from pathlib import Path

import pytest

from apps.intake.models import ColumnMapping
from apps.intake.services import import_dropped_files
from apps.practice.models import Provider
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.test_import_charge_file import COLUMNS, GOOD, HEADER, bring, file, mapping  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (
            "modifier",
            "a.csv: the column modifier is not read. Is it modifiers? Rename it, or name it in the column mapping.",
        ),
        ("Remarks", ""),
    ],
)
def test_of_a_dropped_file_a_column_that_looks_like_one_of_ours_is_told(
    column: str,
    told: str,
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
    tmp_path: Path,
) -> None:
    drop = EhrConnectionFactory(
        adapter="csv_drop", settings={"folder": str(tmp_path), "mapping": "export", "settled_seconds": 0}
    )
    mapping.columns = {ours: theirs for ours, theirs in COLUMNS.items() if ours != "modifiers"}
    mapping.save()
    (tmp_path / "a.csv").write_bytes(file(GOOD, header=HEADER.replace("Mods", column)))
    assert import_dropped_files(now=now).new == 1
    drop.refresh_from_db()
    assert drop.last_failure == told


def test_two_providers_whose_names_begin_alike_are_two(
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    mapping.columns = {**COLUMNS, "provider_first_name": "First name"}
    mapping.save()
    header = f"{HEADER},First name"
    row = GOOD.replace("Marisol Quintero,1234567893", "Montgomery-Fitzgerald-Castellanos,")
    told = [row.replace("V1,1", f"{first},1") + f",{first}" for first in ("Maria", "Marianne")]
    assert bring(mapping, file(*told, header=header), now).problems == ()
    assert set(Provider.objects.values_list("first_name", flat=True)) == {"Maria", "Marianne"}
    assert bring(mapping, file(*told, header=header), now).received.known == 2


@pytest.mark.parametrize(
    ("doctor", "reason"),
    [
        (
            "Marisol Quintero,12345678930",
            (
                "the rendering provider's NPI is longer than the ten digits of an NPI: correct it, "
                "or format its column as text in the spreadsheet and export the file anew"
            ),
        ),
        (
            f"Marisol {'Q' * 61},1234567893",
            "the rendering provider's last name has more than 60 characters: another could not be told from it",
        ),
        (
            f"{'M' * 36} Quintero,1234567893",
            "the rendering provider's first name has more than 35 characters: another could not be told from it",
        ),
    ],
)
def test_a_provider_whose_name_or_number_would_be_cut_refuses_the_row(
    doctor: str,
    reason: str,
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    brought = bring(mapping, file(GOOD.replace("Marisol Quintero,1234567893", doctor)), now)
    assert [problem.reason for problem in brought.problems] == [reason]
