"""By which mapping a charge file is read where nobody named one."""

from datetime import date, datetime
from pathlib import Path

import pytest

from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping, Encounter, RefusedCharges
from apps.intake.services import NoMappingError, find_mapping, import_dropped_files
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.test_import_charge_file import bring

pytestmark = pytest.mark.django_db

HEADER = "visit,patient,last_name,first_name,birth_date,provider_last_name,service_date,procedure,charge"
ROW = "V1,P1,Thornbury,Ada,1980-05-01,Quintero,2026-09-14,99213,148.00"
OWN = {name: name for name in HEADER.split(",")}


def own_file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def test_what_a_person_changed_of_the_standard_mapping_stays(now: datetime) -> None:
    find_mapping(own_file(ROW))
    ColumnMapping.objects.update(date_format="%d.%m.%Y", payers={"Prairie": "LPHP1"})
    row = ROW.replace("1980-05-01", "1.5.1980").replace("2026-09-14", "14.9.2026")
    mapping = find_mapping(own_file(row))
    assert bring(mapping, own_file(row), now).new == 1
    assert mapping.payers == {"Prairie": "LPHP1"}
    assert Encounter.objects.get().service_date == date(2026, 9, 14)


def test_a_column_that_a_person_renamed_in_the_standard_mapping_stays() -> None:
    ColumnMapping.objects.create(name="standard", columns={**OWN, "visit": "Visit no"}, date_format="%Y-%m-%d")
    header = HEADER.replace("visit,", "Visit no,")
    assert find_mapping(own_file(ROW, header=header)).columns["visit"] == "Visit no"


def test_the_standard_mapping_has_each_file_s_columns_and_keeps_them_all() -> None:
    find_mapping(own_file(ROW))
    assert "units" in find_mapping(own_file(f"{ROW},2", header=f"{HEADER},units")).columns
    assert "units" not in find_mapping(own_file(ROW)).columns
    assert "units" in ColumnMapping.objects.get().columns


def test_a_saved_mapping_goes_before_the_standard_one_and_two_are_asked_about() -> None:
    ColumnMapping.objects.create(name="clinic", columns=OWN)
    assert find_mapping(own_file(ROW)).name == "clinic"
    ColumnMapping.objects.create(name="office", columns=OWN)
    with pytest.raises(NoMappingError, match="Several saved mappings fit this file; name one: clinic, office"):
        find_mapping(own_file(ROW))


def test_dates_that_a_spreadsheet_rewrote_are_read_month_first(now: datetime) -> None:
    rewritten = own_file(ROW.replace("1980-05-01", "5/1/1980").replace("2026-09-14", "9/4/2026"))
    assert bring(find_mapping(rewritten), rewritten, now).problems == ()
    row = Encounter.objects.get()
    assert (row.service_date, row.patient.birth_date) == (date(2026, 9, 4), date(1980, 5, 1))


def test_days_first_are_read_by_that_form_alone(now: datetime) -> None:
    mapping = ColumnMapping.objects.create(name="clinic", columns=OWN, date_format="%d/%m/%Y")
    payload = own_file(ROW.replace("1980-05-01", "1/5/1980").replace("2026-09-14", "9/14/2026"))
    (problem,) = bring(mapping, payload, now).problems
    assert problem.reason == (
        "the date of service is not a date of the form %d/%m/%Y (the date format is set in Back office, Column mappings)"
    )


def test_capitals_of_column_names_do_not_matter(now: datetime) -> None:
    shouted = own_file(ROW, header=HEADER.upper())
    assert bring(find_mapping(shouted), shouted, now).new == 1
    ColumnMapping.objects.create(name="clinic", columns={**OWN, "visit": "Visit No"})
    other = own_file(ROW, header=HEADER.replace("visit,", "VISIT NO,"))
    assert find_mapping(other).name == "clinic"


def test_columns_that_differ_in_capitals_alone_are_asked_about(now: datetime) -> None:
    twice = own_file(f"{ROW},V2", header=f"{HEADER.replace('visit,', 'Visit,')},VISIT")
    with pytest.raises(RefusedError, match="differ in capitals alone: visit"):
        bring(find_mapping(twice), twice, now)


def test_a_drop_folder_reads_each_file_by_the_columns_of_ours_that_it_has(now: datetime, tmp_path: Path) -> None:
    EhrConnectionFactory(
        adapter="csv_drop", settings={"folder": str(tmp_path), "mapping": "standard", "settled_seconds": 0}
    )
    (tmp_path / "a.csv").write_bytes(own_file(f"{ROW},2", header=f"{HEADER},units"))
    (tmp_path / "b.csv").write_bytes(own_file(ROW.replace("V1", "V2")))
    (tmp_path / "c.csv").write_bytes(b"no header")
    assert import_dropped_files(now=now).new == 2
    assert RefusedCharges.objects.get().problem.startswith("The first line is no header")
