"""An appointment that the EHR no longer has is no visit: nobody is asked about it, and nobody looks for its charges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apps.connectors import journal
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import EhrAppointment
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.intake.models import Appointment
from apps.intake.services import pull_appointments, receive_event
from apps.intake.services.pull_appointments import MOST_ASKED
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.recorded_ehr import RecordedEhr

pytestmark = pytest.mark.django_db
TOMORROW = datetime(2026, 9, 17, 15, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 9, 16), date(2026, 9, 22)


def told(source_id: str, starts_at: datetime = TOMORROW, status: str = "scheduled") -> EhrAppointment:
    return EhrAppointment(source_id, "P1", "D1", "", starts_at, status)


@pytest.fixture
def ehr(recorded_ehr: type[RecordedEhr]) -> Connection:
    return EhrConnectionFactory(adapter="recorded_ehr")


def pull(ehr: Connection, now: datetime, *listed: EhrAppointment) -> None:
    RecordedEhr.listed[:] = listed
    pull_appointments(connection=ehr, first=FIRST, last=LAST, now=now)


def happen(ehr: Connection, event: str, source_id: str, now: datetime) -> None:
    ehr.settings = {"event": event}
    ehr.save()
    delivery = WebhookDelivery("https://practice.example.com/webhooks/ehr/", {}, source_id.encode())
    kept, _ = journal.receive(delivery.to_bytes(), kind="webhook.ehr", now=now, connection=ehr)
    receive_event(transmission_id=kept.public_id, now=now)


def status_of(source_id: str) -> str:
    return Appointment.objects.get(source_id=source_id).status


@pytest.mark.parametrize("event", ["appointment.changed", "appointment.checkout"])
def test_a_deleted_appointment_is_cancelled_by_its_event(ehr: Connection, now: datetime, event: str) -> None:
    pull(ehr, now, told("A1"), told("A2", status="completed"), told("A3"))
    for source_id in ("A1", "A2", "unknown"):
        happen(ehr, event, source_id, now)
    assert [status_of(each) for each in ("A1", "A2", "A3")] == ["cancelled", "completed", "scheduled"]
    assert Appointment.objects.count() == 3


def test_the_evenings_poll_asks_for_what_is_no_longer_on_the_list(ehr: Connection, now: datetime) -> None:
    pull(ehr, now, told("A1"), told("A2"), told("A3", status="completed"), told("A4"))
    moved = TOMORROW + timedelta(days=14)
    RecordedEhr.kept["A2"] = told("A2", moved)
    pull(ehr, now, told("A4"))
    assert sorted(RecordedEhr.asked) == ["A1", "A2"]
    assert status_of("A1") == "cancelled"
    assert (status_of("A2"), Appointment.objects.get(source_id="A2").starts_at) == ("scheduled", moved)
    assert (status_of("A3"), status_of("A4")) == ("completed", "scheduled")


def test_what_lies_outside_the_polls_days_and_what_another_source_told_is_left_alone(
    ehr: Connection, now: datetime
) -> None:
    # Half past eleven in the evening before, and midnight after the last day, in Austin.
    before, after = datetime(2026, 9, 16, 4, 30, tzinfo=UTC), datetime(2026, 9, 23, 5, 0, tzinfo=UTC)
    pull(ehr, now, told("A1", before), told("A2", after))
    pull(ehr, now, told("A3"))
    other = EhrConnectionFactory(adapter="recorded_ehr")
    Appointment.objects.filter(source_id="A3").update(source="csv:other")
    pull(other, now)
    assert RecordedEhr.asked == []
    assert set(Appointment.objects.values_list("status", flat=True)) == {"scheduled"}


def test_an_empty_list_costs_few_questions(ehr: Connection, now: datetime) -> None:
    many = [told(f"A{number}", TOMORROW + timedelta(minutes=number)) for number in range(MOST_ASKED + 5)]
    pull(ehr, now, *many)
    RecordedEhr.kept.update({each.source_id: each for each in many})
    pull(ehr, now)
    assert RecordedEhr.asked == [each.source_id for each in many[:MOST_ASKED]]
    assert set(Appointment.objects.values_list("status", flat=True)) == {"scheduled"}
