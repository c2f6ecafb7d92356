"""An appointment that cannot be read, or whose patient cannot, keeps no other from coming in and is the front desk's work, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from apps.connectors import journal
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import EhrAppointment
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.intake.models import Appointment, RefusedCharges
from apps.intake.services import pull_appointments, receive_event
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.recorded_ehr import RecordedEhr
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
TOMORROW = datetime(2026, 9, 17, 15, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 9, 16), date(2026, 9, 22)
NO_PATIENT = "The EHR does not tell its patient, or tells a record that cannot be read: look at the patient there."


def told(source_id: str, patient: str = "P1", **fields: object) -> EhrAppointment:
    given: dict[str, object] = {"starts_at": TOMORROW, "status": "scheduled", **fields}
    return EhrAppointment(source_id, patient, "D1", "", **given)  # type: ignore[arg-type]  # a test's own fields


@pytest.fixture
def ehr(recorded_ehr: type[RecordedEhr]) -> Connection:
    recorded_ehr.unreadable[:] = ["P9"]
    return EhrConnectionFactory(name="The EHR", adapter="recorded_ehr")


def pull(ehr: Connection, now: datetime, *listed: EhrAppointment) -> None:
    RecordedEhr.listed[:] = listed
    pull_appointments(connection=ehr, first=FIRST, last=LAST, now=now)


def open_tasks() -> list[str]:
    return [row.name for row in RefusedCharges.objects.filter(work_item__state=WorkItem.State.OPEN).order_by("pk")]


def test_a_visit_whose_patient_cannot_be_read_is_the_front_desks_work_until_it_comes_in(
    ehr: Connection, now: datetime
) -> None:
    for _ in range(2):
        pull(ehr, now, told("A1"), told("A2", "P9"))
    assert [each.source_id for each in Appointment.objects.all()] == ["A1"]
    row = RefusedCharges.objects.get()
    assert (row.name, row.problem) == ("A2", NO_PATIENT)
    item = row.work_item
    assert (item.owner_role, item.due_on) == ("front_desk", date(2026, 9, 17))
    assert item.title == "Look into an appointment that The EHR told: it could not be taken in"
    ehr.refresh_from_db()
    assert ehr.last_failure.startswith("1 appointment could not be taken in: the EHR does not tell its patient")
    RecordedEhr.unreadable.clear()
    pull(ehr, now, told("A1"), told("A2", "P9"))
    assert Appointment.objects.count() == 2
    item.refresh_from_db()
    assert item.state == WorkItem.State.WITHDRAWN


def test_its_page_is_for_the_desk_which_says_what_became_of_it(ehr: Connection, now: datetime) -> None:
    pull(ehr, now, told("A2", "P9"))
    item, desk = RefusedCharges.objects.get().work_item, browser_of(Role.FRONT_DESK)
    address = reverse(item.url_name, args=[item.subject_public_id])
    page = desk.get(address).content.decode()
    assert NO_PATIENT in page
    assert "check the coverage by phone" in page
    assert "billed" not in page
    assert browser_of(Role.CODER).post(f"{address}aside/", {"outcome": "Done."}).status_code == 403
    assert desk.post(f"{address}aside/", {"outcome": "Entered by hand."}).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.outcome) == (WorkItem.State.DONE, "Entered by hand.")


def test_a_record_that_cannot_be_read_leaves_the_others_and_what_is_known_of_it(ehr: Connection, now: datetime) -> None:
    pull(ehr, now, told("A1"), told("A2"))
    later = TOMORROW + timedelta(hours=1)
    pull(ehr, now, told("A1", starts_at=later), told("A2", "", problem="its time is none"))
    assert Appointment.objects.get(source_id="A1").starts_at == later
    assert Appointment.objects.get(source_id="A2").status == "scheduled"
    assert open_tasks() == ["A2"]
    assert RecordedEhr.asked == []


def test_of_a_known_visit_the_time_follows_also_where_its_patient_cannot_be_read(
    ehr: Connection, now: datetime
) -> None:
    RecordedEhr.unreadable.clear()
    pull(ehr, now, told("A2", "P9"))
    RecordedEhr.unreadable.append("P9")
    later = TOMORROW + timedelta(hours=1)
    pull(ehr, now, told("A2", "P9", starts_at=later))
    assert Appointment.objects.get().starts_at == later
    assert open_tasks() == ["A2"]


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_a_visit_that_takes_no_place_is_nobodys_work(ehr: Connection, now: datetime, status: str) -> None:
    pull(ehr, now, told("A2", "P9", status=status))
    assert open_tasks() == []


def test_an_appointment_over_which_the_taking_in_falls_keeps_no_other_out(ehr: Connection, now: datetime) -> None:
    pull(ehr, now, told("A1"), told("A" * 61), told("A3"))
    assert sorted(each.source_id for each in Appointment.objects.all()) == ["A1", "A3"]
    assert open_tasks() == ["A" * 61]
    assert "Taking it in fails with DataError" in RefusedCharges.objects.get().problem


def test_an_event_about_one_that_cannot_be_read_is_work_too(ehr: Connection, now: datetime) -> None:
    RecordedEhr.kept["A2"] = told("A2", "", problem="its time is none")
    delivery = WebhookDelivery("https://practice.example.com/webhooks/ehr/", {}, b"A2")
    kept, _ = journal.receive(delivery.to_bytes(), kind="webhook.ehr", now=now, connection=ehr)
    receive_event(transmission_id=kept.public_id, now=now)
    assert open_tasks() == ["A2"]


def test_what_came_in_once_and_is_refused_anew_is_work_again(ehr: Connection, now: datetime) -> None:
    for patient in ("P9", "P1", "P9"):
        pull(ehr, now, told("A2", patient))
    assert open_tasks() == ["A2"]
    assert WorkItem.objects.filter(kind="appointment_refused").count() == 2
