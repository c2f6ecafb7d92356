"""`manage.py import_charges`: from a file to claims that may leave."""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.automations.demo.mappings import SYNTHEA_EXPORT
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.intake.models import ColumnMapping, Encounter
from apps.practice.models import Provider
from tests.factories.practice import PayerFactory, PracticeFactory

pytestmark = pytest.mark.django_db

HEADER = (
    "visit,patient,last_name,first_name,birth_date,sex,address,city,state,zip,payer,member_id,"
    "provider_last_name,provider_npi,specialty,service_date,procedure,charge,diagnosis_1"
)
GOOD = (
    "V1,P1,Thornbury,Ada,1980-05-01,F,77 Cypress Bend,Austin,TX,787041933,Lone Prairie,LP123456789,"
    "Marisol Quintero,1234567893,Family Medicine,2026-09-14,99213,148.00,J01.90"
)
SELF_PAY = GOOD.replace("V1,P1", "V2,P2").replace("Lone Prairie,LP123456789", ",")
HELD = GOOD.replace("V1,P1", "V3,P3").replace("787041933", "")


@pytest.fixture(autouse=True)
def practice(settings: Settings, tmp_path: Path) -> None:
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    (tmp_path / "clock").write_text(datetime(2026, 11, 24, 18, tzinfo=UTC).isoformat())
    PracticeFactory()


def run(path: Path, **options: object) -> tuple[str, str, int]:
    """Output, errors and exit status."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_charges", str(path), stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return out.getvalue(), err.getvalue(), int(ended.code or 0)
    return out.getvalue(), err.getvalue(), 0


def file(folder: Path, *rows: str) -> Path:
    path = folder / "charges.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def test_the_documented_columns_need_no_mapping_and_the_verdict_comes_last(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    out, _, status = run(file(tmp_path, GOOD, SELF_PAY, HELD))
    assert status == 0
    assert out.splitlines()[-1] == (
        "3 rows, 0 refused; 3 visits new, 0 known; 2 claims built, 1 passed scrubbing, 1 wait for a person; 1 self-pay."
    )
    assert "WF-PATIENT-ADDRESS (block)" in out
    assert Claim.objects.filter(status=ClaimStatus.READY).count() == 1


def test_the_same_file_again_adds_nothing(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    run(file(tmp_path, GOOD))
    out, _, status = run(file(tmp_path, GOOD))
    assert (out.strip(), status) == ("The same file came before: 1 rows read, nothing added.", 0)
    assert (Encounter.objects.count(), Claim.objects.count()) == (1, 1)


def test_a_file_with_a_header_alone_is_told_as_that(tmp_path: Path) -> None:
    out, _, status = run(file(tmp_path))
    assert (out.strip(), status) == ("The file has a header and no rows: there was nothing to import.", 0)


def test_a_refused_row_is_printed_with_its_line_and_the_exit_status_says_so(tmp_path: Path) -> None:
    out, _, status = run(file(tmp_path, GOOD, HELD.replace("148.00", "much")))
    assert status == 1
    assert "refused      1  the charge is not an amount in dollars and cents (line 3)" in out
    assert "payer    to confirm: Lone Prairie" in out
    assert "Thornbury" not in out


def test_passed_claims_are_written_as_test_files_that_pyx12_reads(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    out, _, status = run(file(tmp_path, GOOD), write_837=tmp_path / "out")
    assert status == 0
    assert "1  claims in" in out
    written = (tmp_path / "out" / "claims-0001.837").read_text()
    assert written.startswith("ISA*")
    assert "*T*" in written[:110]
    assert Claim.objects.get().status == ClaimStatus.READY


def test_a_folder_that_is_none_is_told_before_anything_comes_in(tmp_path: Path) -> None:
    export = file(tmp_path, GOOD)
    for taken in (export, export / "deeper"):
        with pytest.raises(CommandError, match=r"is no folder for the claims' files: .*Name another"):
            run(export, write_837=taken)
    assert not Encounter.objects.exists()


def test_a_folder_that_may_not_be_written_into_is_told_before_anything_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(CommandError, match="may not be written into"):
        run(file(tmp_path, GOOD), write_837=tmp_path / "out")
    assert not Encounter.objects.exists()


def test_nobody_but_their_owner_may_read_the_claims_files(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    folder = tmp_path / "out"
    folder.mkdir()
    written = folder / "claims-0001.837"
    written.write_text("what stood there before")
    written.chmod(0o644)
    run(file(tmp_path, GOOD), write_837=folder)
    assert written.read_text().startswith("ISA*")
    assert written.stat().st_mode & 0o777 == 0o600
    run(file(tmp_path, HELD), write_837=tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_claims_file_that_cannot_be_written_says_that_the_charges_came_in(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    (tmp_path / "out" / "claims-0001.837").mkdir(parents=True)
    with pytest.raises(CommandError, match=r"The charges came in, and .*claims-0001\.837 cannot be written"):
        run(file(tmp_path, GOOD), write_837=tmp_path / "out")


def test_json_goes_to_stdout_and_the_verdict_to_stderr(tmp_path: Path) -> None:
    out, err, _ = run(file(tmp_path, GOOD), json=True)
    assert json.loads(out)["visits"] == 1
    assert err.startswith("1 rows, 0 refused")


def test_a_file_that_no_mapping_fits_is_refused_with_what_to_do(tmp_path: Path) -> None:
    ColumnMapping.objects.create(name="export", columns={"visit": "Encounter"})
    path = tmp_path / "other.csv"
    path.write_text("Visit No,Amount\n1,2\n")
    with pytest.raises(CommandError, match="No saved mappings fit this file; name one: export"):
        run(path)
    with pytest.raises(CommandError, match="no saved mapping called weekly"):
        run(path, mapping="weekly")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "absent.csv")


@pytest.mark.skipif(
    "SYNTHEA_EXPORT" not in os.environ, reason="SYNTHEA_EXPORT names no file (see docs/connectors/csv.md)"
)
def test_an_export_that_this_project_did_not_make_comes_through(tmp_path: Path) -> None:
    for name, claims_id in SYNTHEA_EXPORT["payers"].items():
        PayerFactory(name=f"Stand-in for {name}", claims_id=claims_id)
    ColumnMapping.objects.create(name="synthea_export", **SYNTHEA_EXPORT)
    out, _, status = run(Path(os.environ["SYNTHEA_EXPORT"]), write_837=tmp_path / "out")
    assert status == 0
    assert "882 rows, 0 refused; 604 visits new, 0 known; 459 claims built" in out
    assert Claim.objects.filter(status=ClaimStatus.READY).exists()
    assert "sound in pyx12's reading" in out
    assert not Provider.objects.filter(confirmed=True).exists()


def test_a_mapping_is_saved_with_the_file_that_needs_it_and_serves_the_next_one(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    export = file(tmp_path, GOOD)
    export.write_text(export.read_text().replace("visit,patient,", "Visit no,Chart no,", 1))
    columns = {name: name for name in HEADER.split(",")} | {"visit": "Visit no", "patient": "Chart no"}
    layout = tmp_path / "layout.json"
    layout.write_text(json.dumps({"columns": columns, "date_format": "%Y-%m-%d"}))
    run(export, mapping="front_office", save_mapping=layout)
    assert ColumnMapping.objects.get(name="front_office").columns["visit"] == "Visit no"
    assert Encounter.objects.get().source == "csv:front_office"
    out, _, _ = run(export)
    assert "nothing added" in out


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('{"columns": {"visit": "Visit no"}}', "does not say where these columns are"),
        ('{"columns": {"visitor": "Visit no"}}', "none of our columns: visitor"),
        ("[]", "is not a layout"),
        ('{"columns": 5}', "Write the mapping's columns as names in quotes"),
        ('{"columns": {"visit": 5}}', "Write the mapping's columns as names in quotes"),
        ('{"columns": {}, "payers": ["LPHP1"]}', "Write the mapping's payers as names in quotes"),
        ('{"columns": {}, "date_format": 5}', "date_format so that it reads a whole day"),
        ('{"columns": {}, "date_format": "%m/%Y"}', "date_format so that it reads a whole day"),
        ('{"columns": {}, "date_format": "the whole day is %m/%d/%Y"}', "date_format so that it reads a whole day"),
        ("no JSON", "is not a layout"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_not_saved(written: str, says: str, tmp_path: Path) -> None:
    layout = tmp_path / "layout.json"
    layout.write_text(written)
    with pytest.raises(CommandError, match=says):
        run(file(tmp_path, GOOD), mapping="front_office", save_mapping=layout)
    with pytest.raises(CommandError, match="Name the mapping"):
        run(file(tmp_path, GOOD), save_mapping=layout)
    assert not ColumnMapping.objects.exists()


def test_a_file_that_came_by_one_mapping_is_not_read_by_another(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    columns = {name: name for name in HEADER.split(",")}
    for name in ("front_office", "front_desk"):
        ColumnMapping.objects.create(name=name, columns=columns, date_format="%Y-%m-%d")
    export = file(tmp_path, GOOD)
    run(export, mapping="front_office")
    with pytest.raises(CommandError, match="was read by the mapping front_office before"):
        run(export, mapping="front_desk")
    assert Encounter.objects.count() == 1


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    path = tmp_path / "charges.csv"
    path.write_text(f"{HEADER},modifier,note\n{GOOD},25,x\n")
    out, _, status = run(path)
    assert status == 0
    assert "unread   column modifier, which the mapping does not name: is it modifiers?\n" in out
    assert "unread   column note, which the mapping does not name\n" in out
    told, _, _ = run(path, json=True)
    assert json.loads(told)["unread_columns"] == ["modifier", "note"]
