"""Charges and appointments from a stand-in EHR: the sandbox over HTTP."""

import json
from datetime import date, datetime

import pytest

from apps.connectors import journal, registry
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import OutageError, RefusedError
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.intake import rules
from apps.intake.models import Appointment, Coverage, Encounter, VisitConflict
from apps.intake.services import pull_appointments, pull_charges, receive_event
from apps.worklist.models import WorkItem
from tests.factories.connectors import EhrConnectionFactory
from tests.intake import told
from tests.outside import Sandbox, sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)


@pytest.fixture
def ehr(sandbox: Sandbox) -> Connection:
    return EhrConnectionFactory(settings=sandbox.connection("ehr"))


def arrive(ehr: Connection, event: str, body: dict[str, object], now: datetime) -> str:
    headers = {"x-drchrono-event": event, "x-drchrono-delivery": f"d-{event}"}
    delivery = WebhookDelivery(
        "https://practice.example.com/webhooks/ehr/", headers, json.dumps({"object": body}).encode()
    )
    kept, _ = journal.receive(
        delivery.to_bytes(), kind="webhook.ehr", now=now, connection=ehr, vendor_key=f"{event} {body}"
    )
    return kept.public_id


@pytest.mark.long
def test_the_days_charges_come_in_once_with_their_raw_pages(ehr: Connection, now: datetime) -> None:
    first = pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    assert first.new > 20
    assert first.refused == ()
    again = pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    assert (again.new, again.known, again.changed) == (0, first.new, 0)
    encounter = Encounter.objects.select_related("transmission").first()
    assert encounter is not None
    assert encounter.transmission is not None
    assert (encounter.transmission.name, encounter.transmission.state) == ("line_items", Transmission.State.PROCESSED)
    ehr.refresh_from_db()
    assert (ehr.last_answer_at, ehr.last_failure, ehr.mark) == (now, "", "charges to 2026-09-16")


@pytest.mark.long
def test_a_repeated_poll_asks_for_no_patient_whose_plan_is_known(ehr: Connection, now: datetime) -> None:
    pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    Encounter.objects.filter(coverage=None).update(coverage=Coverage.objects.first())
    Transmission.objects.filter(name="patients").delete()
    pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    assert not Transmission.objects.filter(name="patients").exists()


@pytest.mark.long
def test_a_poll_finds_the_plan_that_came_after_its_visit_was_billed_without_one(ehr: Connection, now: datetime) -> None:
    pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    encounter = Encounter.objects.exclude(coverage=None)[0]
    without_plan = encounter.fingerprint[: rules.HALF] + rules.fingerprint(told.visit(coverages=()))[rules.HALF :]
    Encounter.objects.filter(pk=encounter.pk).update(coverage=None, billed_at=now, fingerprint=without_plan)
    again = pull_charges(connection=ehr, first=DAY, last=DAY, now=now)
    assert (again.new, again.changed) == (0, 1)
    encounter.refresh_from_db()
    assert VisitConflict.objects.get(encounter=encounter).work_item == WorkItem.objects.get(kind="charges_changed")
    assert pull_charges(connection=ehr, first=DAY, last=DAY, now=now).changed == 0


@pytest.mark.long
def test_appointments_come_in_with_coverage_and_follow_their_changes(ehr: Connection, now: datetime) -> None:
    received = pull_appointments(connection=ehr, first=DAY, last=date(2026, 9, 18), now=now)
    assert received.new > 100
    assert Appointment.objects.filter(status=Appointment.Status.SCHEDULED, patient__coverages__isnull=False).exists()
    Appointment.objects.filter(status=Appointment.Status.COMPLETED).update(status=Appointment.Status.SCHEDULED)
    again = pull_appointments(connection=ehr, first=DAY, last=date(2026, 9, 18), now=now)
    assert again.new == 0
    assert 0 < again.changed < received.new


@pytest.mark.long
def test_a_checkout_brings_its_visit_and_the_poll_adds_nothing(ehr: Connection, now: datetime) -> None:
    total = pull_charges(connection=ehr, first=DAY, last=DAY, now=now).new
    source_id = Encounter.objects.values_list("source_id", flat=True)[0]
    Encounter.objects.filter(source_id=source_id).update(source_id="another visit")
    transmission = arrive(ehr, "APPOINTMENT_MODIFY", {"id": source_id, "status": "Complete"}, now)
    received = receive_event(transmission_id=transmission, now=now)
    assert (received.name, received.new) == ("appointment.checkout", 1)
    encounter = Encounter.objects.get(source_id=source_id)
    assert encounter.arrived_by == Encounter.Path.EVENT
    assert Appointment.objects.get(source_id=source_id).status == Appointment.Status.COMPLETED
    assert receive_event(transmission_id=transmission, now=now).new == 0
    assert pull_charges(connection=ehr, first=DAY, last=DAY, now=now).known == total
    assert Transmission.objects.get(public_id=transmission).state == Transmission.State.PROCESSED


@pytest.mark.long
def test_a_checkout_of_a_known_appointment_without_charges_asks_for_no_patient(ehr: Connection, now: datetime) -> None:
    pull_appointments(connection=ehr, first=DAY, last=DAY, now=now)
    waiting = Appointment.objects.filter(status=Appointment.Status.COMPLETED).exclude(
        source_id__in=[told.source_id for told in registry.ehr(ehr, now=now).encounters_ready(DAY, DAY)]
    )[0]
    Appointment.objects.filter(pk=waiting.pk).update(status=Appointment.Status.SCHEDULED)
    Transmission.objects.filter(name="patients").delete()
    transmission = arrive(ehr, "APPOINTMENT_MODIFY", {"id": waiting.source_id, "status": "Complete"}, now)
    assert receive_event(transmission_id=transmission, now=now).new == 0
    waiting.refresh_from_db()
    assert waiting.status == Appointment.Status.COMPLETED
    assert not Transmission.objects.filter(name="patients").exists()


@pytest.mark.long
def test_a_checkout_of_an_appointment_that_changed_hands_brings_it_whole(ehr: Connection, now: datetime) -> None:
    pull_appointments(connection=ehr, first=DAY, last=DAY, now=now)
    row, other = Appointment.objects.filter(status=Appointment.Status.COMPLETED).order_by("pk")[:2]
    right = row.patient
    Appointment.objects.filter(pk=row.pk).update(patient=other.patient)
    transmission = arrive(ehr, "APPOINTMENT_MODIFY", {"id": row.source_id, "status": "Complete"}, now)
    receive_event(transmission_id=transmission, now=now)
    row.refresh_from_db()
    assert row.patient == right


@pytest.mark.long
def test_a_booking_brings_its_appointment_and_no_visit(ehr: Connection, now: datetime) -> None:
    pull_appointments(connection=ehr, first=date(2026, 9, 18), last=date(2026, 9, 18), now=now)
    source_id = Appointment.objects.values_list("source_id", flat=True)[0]
    Appointment.objects.filter(source_id=source_id).delete()
    received = receive_event(
        transmission_id=arrive(ehr, "APPOINTMENT_CREATE", {"id": source_id, "status": ""}, now), now=now
    )
    assert (received.name, len(received.appointments), received.new) == ("appointment.changed", 1, 0)


def test_other_events_are_settled_without_a_question(ehr: Connection, now: datetime) -> None:
    transmission = arrive(ehr, "PATIENT_MODIFY", {"id": 1}, now)
    assert receive_event(transmission_id=transmission, now=now).new == 0
    assert not Transmission.objects.filter(kind="ehr").exists()


def test_an_outage_leaves_the_event_waiting_and_is_remembered(ehr: Connection, now: datetime) -> None:
    transmission = arrive(ehr, "APPOINTMENT_MODIFY", {"id": "1", "status": "Complete"}, now)
    Connection.objects.filter(pk=ehr.pk).update(settings={**ehr.settings, "base_url": "http://127.0.0.1:1/x"})
    with pytest.raises(OutageError):
        receive_event(transmission_id=transmission, now=now)
    assert Transmission.objects.get(public_id=transmission).state == Transmission.State.STORED
    ehr.refresh_from_db()
    assert ehr.last_failure == "DrChrono could not be reached."


def test_a_refusal_settles_the_event_as_failed(ehr: Connection, now: datetime) -> None:
    kept, _ = journal.receive(
        WebhookDelivery("https://x.example/", {}, b"nothing").to_bytes(), kind="webhook.ehr", now=now, connection=ehr
    )
    with pytest.raises(RefusedError):
        receive_event(transmission_id=kept.public_id, now=now)
    kept.refresh_from_db()
    assert (kept.state, kept.problem) == (Transmission.State.FAILED, "DrChrono's answer for a webhook is not JSON.")


def test_a_file_drop_has_nothing_to_poll(now: datetime) -> None:
    drop = EhrConnectionFactory(adapter="csv_drop", settings={"folder": ""})
    assert pull_charges(connection=drop, first=DAY, last=DAY, now=now).new == 0
    assert pull_appointments(connection=drop, first=DAY, last=DAY, now=now).new == 0


@pytest.mark.long
def test_what_the_ehr_hands_out_at_sign_in_is_stored_with_the_connections_secrets(
    ehr: Connection, now: datetime
) -> None:
    pull_appointments(connection=ehr, first=DAY, last=DAY, now=now)
    stored = Connection.objects.get().settings
    assert stored["access_token"]
    assert stored["webhook_secret"] == ehr.settings["webhook_secret"]
