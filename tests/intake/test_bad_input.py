"""What cannot come in as it is ends in a sentence that says what, where and what to do, and the rest goes on."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from apps.claims.models import Claim, Finding
from apps.claims.services import build_claims, scrub_claims
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import EhrPatient
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import Charge, ColumnMapping, Encounter, RefusedCharges
from apps.intake.services import import_dropped_files, pull_charges, receive_encounters
from apps.practice.models import Payer
from apps.worklist.models import WorkItem
from tests.connectors.conftest import server
from tests.connectors.scripted import Scripted
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.practice import LocationFactory, PayerFactory, PracticeFactory, ProviderFactory
from tests.intake import told
from tests.intake.test_import_charge_file import COLUMNS, GOOD, HEADER, SECOND, file, mapping

__all__ = ["mapping", "server"]
pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
OTHER = GOOD.replace("V1,1,P1", "V9,1,P9").replace("LP1", "LP9").replace("Thornbury,Ada", "Quill,Bea")


@pytest.fixture
def drop(mapping: ColumnMapping, tmp_path: Path) -> Callable[..., list[RefusedCharges]]:
    """Drops files, has them read, and gives what was handed to a person."""
    connection = EhrConnectionFactory(
        name="The export",
        adapter="csv_drop",
        settings={"folder": str(tmp_path), "mapping": "export", "settled_seconds": 0},
    )

    def read(**files: bytes) -> list[RefusedCharges]:
        for name, payload in files.items():
            (tmp_path / f"{name}.csv").write_bytes(payload)
        import_dropped_files(now=NOW)
        return list(RefusedCharges.objects.filter(connection=connection).order_by("name"))

    return read


Drop = Callable[..., list[RefusedCharges]]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"\x00\x01\x02", "not a text file"),
        (file(GOOD, header=HEADER.replace("Fee", "Price")), "The file lacks columns that the mapping names: Fee."),
        (file(GOOD.replace("V1", "V0"), '"' + GOOD, SECOND), "2 of 3 rows were refused."),
        (file(GOOD) + OTHER[:60].encode(), "1 of 2 rows were refused."),
        (file(GOOD, OTHER.replace("09/14/2026", "14.09.2026")), "1 of 2 rows were refused."),
    ],
    ids=["unreadable", "wrong mapping", "an open quote", "half a file", "dates of another form"],
)
def test_a_bad_file_is_a_person_s_work_and_the_next_file_comes_in(drop: Drop, payload: bytes, problem: str) -> None:
    (refused,) = drop(a=payload, b=file(OTHER.replace("V9", "V10")))
    assert refused.name == "a.csv"
    assert problem in refused.problem
    assert refused.work_item.state == WorkItem.State.OPEN
    assert Encounter.objects.filter(source_id="V10").exists()


def test_half_a_file_names_the_line_at_which_it_was_cut_and_bills_no_half_visit(drop: Drop) -> None:
    (refused,) = drop(a=file(OTHER, GOOD) + SECOND[:60].encode())
    assert refused.transmission is not None
    assert [row["line"] for row in refused.transmission.charge_file.problems] == [3, 4]
    assert "cells where the header has 20" in refused.transmission.charge_file.problems[1]["reason"]
    assert [each.source_id for each in Encounter.objects.all()] == ["V9"]
    drop(b=file(OTHER, GOOD, SECOND))
    assert Charge.objects.count() == 3


def test_a_quote_that_does_not_close_names_each_row_that_it_swallowed(drop: Drop) -> None:
    (refused,) = drop(a=file(OTHER, GOOD, SECOND.replace("Thornbury", '"Thornbury'), OTHER.replace("V9", "V8")))
    assert refused.transmission is not None
    assert [(row["line"], row["reason"]) for row in refused.transmission.charge_file.problems] == [
        (3, "it waits for line 4, which belongs to the same visit"),
        (4, "its quotes do not close, or something follows a closing quote"),
        (5, "it was read as part of line 4, whose quotes do not close"),
    ]
    assert [each.source_id for each in Encounter.objects.all()] == ["V9"]


def test_a_file_whose_mapping_is_not_saved_waits_for_it_and_the_others_come_in(drop: Drop, tmp_path: Path) -> None:
    ColumnMapping.objects.filter(name="export").update(name="another")
    (refused,) = drop(a=file(GOOD))
    assert "names the column mapping export, which is not saved. Save it, or name another." in refused.problem
    ColumnMapping.objects.create(name="export", columns=COLUMNS, payers={"PRAIRIE": "LPHP1"})
    drop()
    refused.refresh_from_db()
    assert (refused.work_item.state, Encounter.objects.count()) == (WorkItem.State.WITHDRAWN, 1)


def test_duplicate_charges_of_a_file_come_in_once_and_the_repeated_line_is_named(drop: Drop) -> None:
    (refused,) = drop(a=file(OTHER, GOOD, GOOD))
    assert refused.transmission is not None
    reasons = [row["reason"] for row in refused.transmission.charge_file.problems]
    assert reasons == [
        "it waits for line 4, which belongs to the same visit",
        "its line number appears twice in the visit",
    ]
    assert [each.source_id for each in Encounter.objects.all()] == ["V9"]


NOT_KEPT = (
    "Cancelled", "canceled", "No Show", "no-show", "NOSHOW", "No_Show (2nd)", "Cancelled by patient",
    "Patient canceled - late", "Missed", "Didn't come", "did not show", "Left without being seen", "LWBS",
    "Patient did not arrive", "Not seen, cancelled", "Incomplete - no show", "No Show: Yes", "No show, no call",
    "Arrived, left without being seen", "Completed (entered in error)", "Not confirmed; canceled", "entered-in-error",
)  # fmt: skip


@pytest.mark.parametrize("status", NOT_KEPT)
def test_charges_of_a_cancelled_visit_in_a_file_are_refused_and_the_others_come_in(
    drop: Drop, mapping: ColumnMapping, status: str
) -> None:
    mapping.columns = {**COLUMNS, "status": "Status"}
    mapping.save()
    (refused,) = drop(a=file(f"{OTHER},Complete", f'{GOOD},"{status}"', header=f"{HEADER},Status"))
    assert refused.transmission is not None
    (row,) = refused.transmission.charge_file.problems
    assert row == {
        "line": 3,
        "reason": "the visit is cancelled or missed, yet it has charges: correct its status, or take its charges out",
    }
    assert [each.source_id for each in Encounter.objects.all()] == ["V9"]


KEPT = (
    "Complete", "Checked out", "Dismissed", "", "Not cancelled", "not-cancelled", "NOT_CANCELLED", "Not  cancelled",
    "Never cancelled", "No Show: No", "Cancelled=false", "Not a no-show", "Arrived; showed card",
    "Arrived (from cancellation list)", "Completed - no-show fee waived", "Completed (prior no show)",
    "Checked out, missed copay", "CHECKED_OUT, missed copay", "Kept: moved from a cancelled slot",
    "Seen after a missed bus", "Finished, never missed one",
)  # fmt: skip


@pytest.mark.parametrize("status", KEPT)
def test_a_visit_that_took_place_comes_in_whatever_its_export_calls_it(
    drop: Drop, mapping: ColumnMapping, status: str
) -> None:
    mapping.columns = {**COLUMNS, "status": "Status"}
    mapping.save()
    drop(a=file(f'{GOOD},"{status}"', header=f"{HEADER},Status"))
    assert Encounter.objects.count() == 1


@pytest.mark.long
def test_an_unknown_payer_of_a_file_is_the_administrator_s_to_confirm_and_its_claim_is_held(drop: Drop) -> None:
    PracticeFactory()
    drop(a=file(GOOD.replace("Prairie", "Brazos"), OTHER))
    item = WorkItem.objects.get(kind="confirm_payer")
    assert "Confirm the payer Brazos: a visit names it and the payer list does not" in item.title
    build_claims(now=NOW)
    scrub_claims(now=NOW)
    held = Finding.objects.filter(claim__payer=Payer.objects.get(name="Brazos"), rule="COV-PAYER-ID").get()
    assert held.sentence
    assert Claim.objects.count() == 2


# --- From the EHR: DrChrono's records as a scripted server gives them ---------------------------------------------------------


def appointment(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "patient": 7,
        "doctor": 1,
        "office": 1,
        "scheduled_time": "2026-09-16T09:00:00",
        "status": "Complete",
        "icd10_codes": ["J01.90"],
        **fields,
    }


def line_item(number: int, visit: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "appointment": visit,
        "code": "99213",
        "quantity": 1,
        "billed": "148.00",
        "service_date": "2026-09-16",
        "doctor": 1,
        "diagnosis_pointers": ["1"],
        **fields,
    }


PATIENT = {
    "id": 7,
    "first_name": "Ada",
    "last_name": "Thornbury",
    "date_of_birth": "1980-05-01",
    "gender": "Female",
    "primary_insurance": {
        "insurance_payer_id": "NEW99",
        "insurance_company": "Brazos",
        "insurance_id_number": "B1",
        "is_subscriber_the_patient": True,
    },
}


@pytest.fixture
def ehr(server: Scripted) -> Connection:
    LocationFactory(source_id="1")
    ProviderFactory(source_id="1")
    return EhrConnectionFactory(
        name="The EHR",
        settings={
            "base_url": server.url,
            "client_id": server.url,
            "client_secret": "s",
            "refresh_token": "r",
            "webhook_secret": "w",
            "time_zone": "America/Chicago",
            "hosts": ["127.0.0.1"],
        },
    )


def listed(server: Scripted, *rows: dict[str, Any]) -> None:
    server.answer(200, json.dumps({"results": rows, "next": None}).encode())


def poll(server: Scripted, ehr: Connection, visits: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[str]:
    """Which visits came in."""
    server.answer(200, json.dumps({"access_token": "t", "expires_in": 172800}).encode())
    listed(server, *visits)
    listed(server, *lines)
    listed(server)
    listed(server)
    server.answer(200, json.dumps(PATIENT).encode())
    pull_charges(connection=ehr, first=DAY, last=DAY, now=NOW)
    return sorted(Encounter.objects.values_list("source_id", flat=True))


@pytest.mark.parametrize(
    "broken",
    [{"quantity": "two"}, {"billed": "a lot"}, {"service_date": "soon"}, {"modifiers": 25}, {"diagnosis_pointers": 1}],
)
def test_a_record_of_the_ehr_that_cannot_be_read_is_a_person_s_work_and_the_others_come_in(
    server: Scripted, ehr: Connection, broken: dict[str, Any]
) -> None:
    lines = [line_item(1, 11, **broken), line_item(2, 12)]
    assert poll(server, ehr, [appointment(11), appointment(12)], lines) == ["12"]
    refused = RefusedCharges.objects.get()
    assert (refused.name, refused.work_item.owner_role) == ("11", "biller")
    assert "not of the form that the EHR documents: correct its charge lines there." in refused.problem


@pytest.mark.parametrize("state", [{"status": "Cancelled"}, {"status": "No Show"}, {"deleted_flag": True}])
def test_charges_of_a_cancelled_visit_in_the_ehr_are_refused_and_the_others_come_in(
    server: Scripted, ehr: Connection, state: dict[str, Any]
) -> None:
    visits = [appointment(11, **{"status": "", **state}), appointment(12)]
    assert poll(server, ehr, visits, [line_item(1, 11), line_item(2, 12)]) == ["12"]
    assert "mark the visit complete there, or take its charges out" in RefusedCharges.objects.get().problem


def test_duplicate_charges_of_the_ehr_and_an_unknown_payer_are_named_and_the_others_come_in(
    server: Scripted, ehr: Connection
) -> None:
    lines = [line_item(1, 11), line_item(1, 11), line_item(2, 12)]
    assert poll(server, ehr, [appointment(11), appointment(12)], lines) == ["12"]
    assert RefusedCharges.objects.get().problem == "Two charge lines carry the same number."
    assert "Confirm the payer Brazos" in WorkItem.objects.get(kind="confirm_payer").title


@pytest.mark.parametrize(
    ("other", "several"),
    [
        ({"doctor": 2}, "doctors"),
        ({"service_date": "2026-09-15"}, "dates of service"),
        ({"patient": "8"}, "patients"),
        ({"doctor": 2, "service_date": "2026-09-15"}, "doctors and dates of service"),
    ],
)
def test_a_visit_of_several_doctors_days_or_patients_is_a_person_s_and_never_billed_under_the_first(
    server: Scripted, ehr: Connection, other: dict[str, Any], several: str
) -> None:
    lines = [line_item(1, 11), line_item(2, 11, **other), line_item(3, 12)]
    assert poll(server, ehr, [appointment(11), appointment(12)], lines) == ["12"]
    refused = RefusedCharges.objects.get()
    assert refused.problem.startswith(f"Its charge lines name several {several}: give each its own appointment there")
    assert refused.work_item.state == WorkItem.State.OPEN


def test_a_line_of_another_day_than_its_appointment_is_told_with_all_the_visit_s_lines(
    server: Scripted, ehr: Connection
) -> None:
    server.answer(200, json.dumps({"access_token": "t", "expires_in": 172800}).encode())
    listed(server)
    listed(server, line_item(2, 11))
    listed(server)
    server.answer(200, json.dumps(appointment(11, scheduled_time="2026-09-10T09:00:00")).encode())
    listed(server, line_item(1, 11, service_date="2026-09-10"), line_item(2, 11))
    pull_charges(connection=ehr, first=DAY, last=DAY, now=NOW)
    assert RefusedCharges.objects.get().problem.startswith("Its charge lines name several dates of service: ")


@pytest.mark.parametrize(
    ("day", "odd"), [("9999-12-31", "lies more than two years ahead"), ("0001-01-01", "lies before 1900")]
)
def test_a_date_that_nobody_meant_is_a_person_s_work_and_the_others_come_in(
    server: Scripted, ehr: Connection, day: str, odd: str
) -> None:
    lines = [line_item(1, 11, service_date=day), line_item(2, 12)]
    assert poll(server, ehr, [appointment(11), appointment(12)], lines) == ["12"]
    assert RefusedCharges.objects.get().problem == f"The date of service {odd}."


def test_an_answer_of_the_ehr_that_ends_in_the_middle_says_so_and_keeps_what_came_before(
    server: Scripted, ehr: Connection
) -> None:
    server.answer(200, json.dumps({"access_token": "t", "expires_in": 172800}).encode())
    server.answer(200, b'{"results": [{"id": "1", "pat')
    with pytest.raises(RefusedError, match="DrChrono"):
        pull_charges(connection=ehr, first=DAY, last=DAY, now=NOW)
    ehr.refresh_from_db()
    assert ehr.last_failure


# --- From wherever: two patients, one member ID ----------------------------------------------------------------------------------


def bring(*people: EhrPatient) -> dict[str, list[str]]:
    """Each patient's claim: which rules speak."""
    PracticeFactory()
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    ProviderFactory(source_id="D1")
    LocationFactory(source_id="L1")
    receive_encounters(
        source="drchrono",
        encounters=[told.visit(f"V-{each.source_id}", patient_source_id=each.source_id) for each in people],
        patients=people,
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )
    build_claims(now=NOW)
    scrub_claims(now=NOW)
    return {
        claim.patient.source_id: sorted(
            claim.findings.filter(rule="COV-MEMBER-ID-SHARED").values_list("rule", flat=True)
        )
        for claim in Claim.objects.select_related("patient")
    }


def patient(
    source_id: str, first_name: str, born: int, member_id: str = "LP123456789", relationship: str = "18"
) -> EhrPatient:
    cover = told.cover(member_id=member_id, relationship=relationship)
    return told.patient(source_id, first_name=first_name, birth_date=date(born, 5, 1), coverages=(cover,))


@pytest.mark.long
def test_two_patients_with_one_member_id_are_both_told_with_what_to_do_and_all_go_on() -> None:
    spoken = bring(patient("P1", "Ada", 1980), patient("P2", "Bea", 1991), patient("P3", "Cy", 1970, "LP3"))
    assert spoken == {"P1": ["COV-MEMBER-ID-SHARED"], "P2": ["COV-MEMBER-ID-SHARED"], "P3": []}
    finding = Finding.objects.filter(rule="COV-MEMBER-ID-SHARED")[0]
    assert "one ID is wrong, or one of the two is a dependent of the other" in finding.sentence
    assert "Ada" not in finding.sentence
    assert finding.severity == Finding.Severity.WARN


def test_a_dependent_shares_the_subscriber_s_id_and_one_person_known_twice_is_one() -> None:
    people = (patient("P1", "Ada", 1980), patient("P2", "Bea", 2015, relationship="19"), patient("P8", "ADA", 1980))
    assert bring(*people) == {"P1": [], "P2": [], "P8": []}
