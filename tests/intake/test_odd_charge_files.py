"""What a charge file has that cannot be read, or was read half: the rest of it comes in, and nothing twice."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.connectors.adapters.csv_drop import columns
from apps.connectors.models import Transmission
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ChargeFile, ColumnMapping, Encounter, RefusedCharges
from apps.intake.services import ImportedFile, import_charge_file, import_dropped_files, receive_encounters
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.test_import_charge_file import COLUMNS, GOOD, HEADER, SECOND, bring, file, mapping

__all__ = ["mapping"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("another", "reason"),
    [
        (SECOND.replace("Marisol Quintero", "Bea Quill"), "its rendering provider differs from the visit's first row"),
        (SECOND.replace("1234567893", "1245319599"), "its rendering provider differs from the visit's first row"),
        (SECOND.replace("Prairie", "Caprock"), "its payer or member ID differs from the visit's first row"),
        (SECOND.replace("LP1", "LP2"), "its payer or member ID differs from the visit's first row"),
        (SECOND.replace("Prairie,LP1", ","), "its payer or member ID differs from the visit's first row"),
        (SECOND.replace("Thornbury,Ada", "Quill,Bea"), "its patient or date differs from the visit's first row"),
        (SECOND.replace("05/01/1980", "05/01/1981"), "its patient or date differs from the visit's first row"),
    ],
)
def test_what_another_did_or_pays_is_not_billed_under_the_visit_s_first(
    mapping: ColumnMapping, now: datetime, another: str, reason: str
) -> None:
    imported = bring(mapping, file(GOOD, another), now)
    waits, refused = imported.problems
    assert waits.reason == "it waits for line 3, which belongs to the same visit"
    assert refused.reason.startswith(reason)
    assert not Encounter.objects.exists()


WITH_PLACES = {**COLUMNS, "place_of_service": "POS", "location": "Site"}


def with_places(mapping: ColumnMapping, now: datetime, *places: str) -> ImportedFile:
    mapping.columns = WITH_PLACES
    mapping.save()
    rows = [f"{row},{place}" for row, place in zip((GOOD, SECOND), places, strict=True)]
    return bring(mapping, file(*rows, header=f"{HEADER},POS,Site"), now)


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [("11,Main", "21,Main", "place of service"), ("11,Main", "11,East", "location"), (",Main", ",East", "location")],
)
def test_what_was_done_in_another_place_is_not_billed_under_the_visit_s_first(
    mapping: ColumnMapping, now: datetime, first: str, second: str, what: str
) -> None:
    waits, refused = with_places(mapping, now, first, second).problems
    assert (waits.line, waits.reason) == (2, "it waits for line 3, which belongs to the same visit")
    assert (refused.line, refused.reason) == (
        3,
        f"its {what} differs from that of the visit's other rows: give its rows a visit number of their own",
    )
    assert not Encounter.objects.exists()


@pytest.mark.parametrize(("first", "second"), [("2,Main", "02,main"), ("02,", ","), (",Main", "02,")])
def test_rows_that_say_the_place_once_are_one_visit(
    mapping: ColumnMapping, now: datetime, first: str, second: str
) -> None:
    assert with_places(mapping, now, first, second).problems == ()
    assert Encounter.objects.get().place_of_service == "02"


@pytest.mark.parametrize("pointers", ["²", "1,²", "٢", "9" * 5000])
def test_a_pointer_that_is_no_number_refuses_the_row_and_the_others_come_in(
    mapping: ColumnMapping, now: datetime, pointers: str
) -> None:
    mapping.columns = {**COLUMNS, "diagnosis_pointers": "Ptr"}
    rows = [f"{GOOD.replace('V1', 'V0')},1", f'{GOOD},"{pointers}"']
    imported = bring(mapping, file(*rows, header=f"{HEADER},Ptr"), now)
    assert [(each.line, each.reason) for each in imported.problems] == [
        (3, "its diagnosis pointers point at no diagnosis")
    ]
    assert imported.new == 1


def test_a_row_over_which_the_reading_falls_is_named_and_the_others_come_in(
    mapping: ColumnMapping, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "postcode", lambda cell: str(1 // int(cell)))
    imported = bring(mapping, file(GOOD.replace("V1", "V0"), GOOD.replace("78704", "0")), now)
    reason = "reading it fails with ZeroDivisionError: look for unusual signs in its cells"
    assert [(each.line, each.reason) for each in imported.problems] == [(3, reason)]
    assert imported.new == 1


def test_a_file_over_which_the_reading_falls_is_work_and_the_next_file_comes_in(
    mapping: ColumnMapping, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    EhrConnectionFactory(
        adapter="csv_drop", settings={"folder": str(tmp_path), "mapping": "export", "settled_seconds": 0}
    )
    (tmp_path / "a.csv").write_bytes(file(GOOD))
    (tmp_path / "b.csv").write_bytes(file(GOOD.replace("V1", "V2")))
    import_service = sys.modules[import_charge_file.__module__]
    whole = receive_encounters

    def receive(**told: Any) -> object:
        if any(each.source_id == "V1" for each in told["encounters"]):
            raise ArithmeticError("Thornbury")
        return whole(**told)

    monkeypatch.setattr(import_service, "receive_encounters", receive)
    assert import_dropped_files(now=now).new == 1
    refused = RefusedCharges.objects.get()
    assert (refused.name, refused.problem.partition(". ")[0]) == ("a.csv", "Reading it failed with ArithmeticError")
    assert refused.transmission is not None
    assert refused.transmission.state == Transmission.State.FAILED
    monkeypatch.undo()
    assert import_dropped_files(now=now).new == 1


@pytest.mark.parametrize("number", ["1.23E+11", "1,23E+11", "1e+15"])
@pytest.mark.parametrize(
    ("told", "what"), [("V1,", "the visit number"), (",P1,", "the patient number"), (",LP1,", "the member ID")]
)
def test_a_number_that_a_spreadsheet_shortened_is_refused(
    mapping: ColumnMapping, now: datetime, told: str, what: str, number: str
) -> None:
    imported = bring(
        mapping, file(GOOD.replace("V1", "V0"), GOOD.replace(told, told.replace(told.strip(","), f'"{number}"'))), now
    )
    reason = f"{what} was shortened by a spreadsheet, as 1.23E+11 is: format its column as text there, and export the file anew"
    assert [(each.line, each.reason) for each in imported.problems] == [(3, reason)]
    assert [each.source_id for each in Encounter.objects.all()] == ["V0"]


@pytest.mark.parametrize(("told", "what"), [("V1,", "the visit number"), (",P1,", "the patient number")])
def test_a_number_that_is_too_long_to_be_kept_is_refused(
    mapping: ColumnMapping, now: datetime, told: str, what: str
) -> None:
    rows = [GOOD.replace(told, told.replace(told.strip(","), "9" * 60 + end)) for end in ("1", "2")]
    imported = bring(mapping, file(*rows), now)
    reason = f"{what} has more than 60 characters: another could not be told from it"
    assert [each.reason for each in imported.problems] == [reason, reason]
    assert not Encounter.objects.exists()


def test_lines_of_a_visit_whose_number_leaves_them_no_room_are_refused(mapping: ColumnMapping, now: datetime) -> None:
    imported = bring(mapping, file(*(row.replace("V1", "9" * 59) for row in (GOOD, SECOND))), now)
    assert {each.reason.partition(":")[0] for each in imported.problems} == {
        "the visit number with the line number behind a hyphen has more than 60 characters"
    }
    assert bring(mapping, file(*(row.replace("V1", "9" * 58) for row in (GOOD, SECOND))), now).new == 1


class Killed(BaseException):
    """The process ends here, as by SIGKILL: no handler of ours may catch it."""


def cut_off_after_the_visits(mapping: ColumnMapping, payload: bytes, now: datetime) -> None:
    """The visits are committed; the next write to the file's journal row never happens."""

    def kill(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and Encounter.objects.exists():
            raise Killed
        return execute(sql, params, many, context)

    with pytest.raises(Killed), connection.execute_wrapper(kill):
        bring(mapping, payload, now)
    assert Encounter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reading_that_was_cut_off_is_not_done_again_by_another_mapping(mapping: ColumnMapping, now: datetime) -> None:
    cut_off_after_the_visits(mapping, file(GOOD), now)
    other = ColumnMapping.objects.create(name="other", columns=COLUMNS, payers=mapping.payers)
    with pytest.raises(RefusedError, match="read by the mapping export before"):
        bring(other, file(GOOD), now)
    assert Encounter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reading_that_was_cut_off_tells_its_refused_rows_when_it_is_done_again(
    mapping: ColumnMapping, now: datetime
) -> None:
    payload = file(GOOD, GOOD.replace("V1,1", "V2,1").replace("148.00", "x"))
    cut_off_after_the_visits(mapping, payload, now)
    assert bring(mapping, payload, now).received.known == 1
    told = ChargeFile.objects.get()
    assert (told.counts["rows"], told.counts["known_visits"]) == (2, 1)
    assert told.problems == [{"line": 3, "reason": "the charge is not an amount in dollars and cents"}]
    assert told.transmission.state == Transmission.State.PROCESSED
