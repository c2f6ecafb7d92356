"""Charges that could not come in are somebody's work: once each, with a page that says what and why."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from apps.connectors.models import Connection
from apps.intake.models import ColumnMapping, Encounter, RefusedCharges
from apps.intake.services import RefusedNotOpenError, import_dropped_files, set_refused_aside
from apps.intake.services.pull_charges import note_refusals
from apps.intake.services.receive_encounters import ReceivedEncounters, receive_encounters
from apps.intake.services.taking_in import Refusal
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.practice import UserFactory
from tests.intake import told
from tests.intake.test_import_charge_file import GOOD, file, mapping
from tests.signing_in import browser_of

__all__ = ["mapping"]
pytestmark = pytest.mark.django_db
BAD = GOOD.replace("V1,1", "V2,1").replace("148.00", "x")


@pytest.fixture
def drop(mapping: ColumnMapping, tmp_path: Path) -> Connection:
    return EhrConnectionFactory(
        name="The export",
        adapter="csv_drop",
        settings={"folder": str(tmp_path), "mapping": mapping.name, "settled_seconds": 0},
    )


def titles() -> list[str]:
    return list(WorkItem.objects.filter(kind="charges_refused").order_by("pk").values_list("title", flat=True))


def test_a_dropped_file_with_refused_rows_is_work_once_and_its_page_names_the_lines(
    drop: Connection, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "Thornbury.csv").write_bytes(file(GOOD, BAD))
    for _ in range(2):
        import_dropped_files(now=now)
    assert titles() == ["Mend a charge file of The export: 1 of 2 rows were refused"]
    item = WorkItem.objects.get(kind="charges_refused")
    assert item.owner_role == "biller"
    page = browser_of(Role.BILLER).get(reverse(item.url_name, args=[item.subject_public_id])).content.decode()
    assert "Line 3" in page
    assert "The charge is not an amount in dollars and cents" in page


def test_a_file_that_cannot_be_read_is_work_once_until_it_is_read(
    drop: Connection, mapping: ColumnMapping, now: datetime, tmp_path: Path
) -> None:
    columns = mapping.columns
    ColumnMapping.objects.update(columns={**columns, "procedure": "Code"})
    (tmp_path / "a.csv").write_bytes(file(GOOD))
    for _ in range(2):
        import_dropped_files(now=now)
    assert titles() == ["Look into a charge file of The export: it could not be read"]
    ColumnMapping.objects.update(columns=columns)
    import_dropped_files(now=now)
    assert Encounter.objects.count() == 1
    assert WorkItem.objects.get(kind="charges_refused").state == WorkItem.State.WITHDRAWN


def test_files_that_are_not_read_are_work_once_and_an_old_one_that_was_read_is_none(
    drop: Connection, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def age(name: str) -> None:
        os.utime(tmp_path / name, (1_600_000_000, 1_600_000_000))

    (tmp_path / "read.csv").write_bytes(file(GOOD))
    import_dropped_files(now=now)
    age("read.csv")
    (tmp_path / "old.csv").write_bytes(file(GOOD, GOOD))
    age("old.csv")
    (tmp_path / "large.csv").write_bytes(b"x" * 5000)
    monkeypatch.setattr("apps.connectors.adapters.csv_drop.client.LARGEST_FILE", 4000)
    for _ in range(2):
        assert import_dropped_files(now=now).files == 0
    assert titles() == ["Look into a charge file of The export: it was not read"] * 2
    assert set(RefusedCharges.objects.values_list("name", "problem")) == {
        ("old.csv", "It is older than 14 days and was not read."),
        ("large.csv", "It is larger than 0 MB and was not read."),
    }


def test_a_visit_of_a_poll_is_work_once_until_it_comes_in(now: datetime) -> None:
    ehr = EhrConnectionFactory(name="The EHR")
    visits = [told.visit(diagnoses=("J" * 21,))]
    received = receive_encounters(
        source=ehr.adapter, encounters=visits, patients=[told.patient()], arrived_by=Encounter.Path.POLL, now=now
    )
    for _ in range(2):
        note_refusals(ehr, received, told=visits, now=now)
    assert titles() == ["Look into a visit that The EHR told: it could not be taken in"]
    assert RefusedCharges.objects.get().problem == "A diagnosis code is longer than 20 characters."
    note_refusals(ehr, ReceivedEncounters(), told=[told.visit()], now=now)
    assert WorkItem.objects.get(kind="charges_refused").state == WorkItem.State.WITHDRAWN


def test_what_was_set_aside_is_not_opened_again(now: datetime) -> None:
    ehr, refused = EhrConnectionFactory(), ReceivedEncounters(refused=(Refusal("V1", "the visit has no charges"),))
    note_refusals(ehr, refused, told=[told.visit()], now=now)
    row, person = RefusedCharges.objects.get(), UserFactory()
    with pytest.raises(RefusedNotOpenError, match="Say in a few words"):
        set_refused_aside(refused_id=row.public_id, outcome=" ", acting_user=person, now=now)
    browser_of(Role.BILLER).post(
        reverse("workspace:refused_charges_aside", args=[row.public_id]), {"outcome": "Billed on paper."}
    )
    row.work_item.refresh_from_db()
    assert (row.work_item.state, row.work_item.outcome) == (WorkItem.State.DONE, "Billed on paper.")
    note_refusals(ehr, refused, told=[told.visit()], now=now)
    assert not WorkItem.objects.filter(kind="charges_refused", state=WorkItem.State.OPEN).exists()
    with pytest.raises(RefusedNotOpenError, match="dealt with meanwhile"):
        set_refused_aside(refused_id=row.public_id, outcome="Again.", acting_user=person, now=now)


def test_the_page_is_for_those_who_may_see_claims(now: datetime) -> None:
    ehr = EhrConnectionFactory()
    note_refusals(ehr, ReceivedEncounters(refused=(Refusal("V1", "the visit has no charges"),)), told=[], now=now)
    address = [RefusedCharges.objects.get().public_id]
    desk, coder = browser_of(Role.FRONT_DESK), browser_of(Role.CODER)
    assert desk.get(reverse("workspace:refused_charges", args=address)).status_code == 403
    assert coder.get(reverse("workspace:refused_charges", args=address)).status_code == 200
    aside = reverse("workspace:refused_charges_aside", args=address)
    assert coder.post(aside, {"outcome": "x"}).status_code == 403
