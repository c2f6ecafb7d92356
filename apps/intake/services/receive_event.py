"""Act on an EHR's event that was verified and stored when it arrived."""

from dataclasses import dataclass
from datetime import datetime

from apps.connectors import journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.ehr import Ehr, EhrAppointment, EhrEncounter, EhrEvent
from apps.connectors.ports.errors import ConnectorError
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.intake.models import Encounter
from apps.intake.services.pull_appointments import note_refused, take_in_appointments
from apps.intake.services.pull_charges import note_refusals, settle_pages, take_in
from apps.intake.services.receive_appointments import ReceivedAppointments, cancel_vanished, update_known
from apps.intake.services.receive_encounters import ReceivedEncounters


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    name: str = ""
    encounters: tuple[str, ...] = ()
    appointments: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        return len(self.encounters)


def receive_event(*, transmission_id: str, now: datetime) -> ReceivedEvent:
    """A checkout brings its visit's charges, any change its appointment; both are asked for afresh, never taken from the event.

    A checkout without charges yet is left to the poll. The same event again does nothing. Raises ConnectorError: after an outage
    the event stays stored and the sweep tries again; a refusal settles it as failed.
    """
    transmission = Transmission.objects.select_related("connection").get(public_id=transmission_id)
    connection = transmission.connection
    if transmission.state != Transmission.State.STORED or connection is None:
        return ReceivedEvent()
    ehr = registry.ehr(connection, now=now)
    try:
        with contact(connection, now=now):
            event = ehr.parse_event(WebhookDelivery.from_bytes(transmission.payload))
            visits, told, appointments = _follow(ehr, event, transmission, now)
    except ConnectorError as failure:
        if not failure.retryable:
            _settle(transmission, Transmission.State.FAILED, now, str(failure))
        raise
    settle_pages(connection, now=now)
    note_refusals(connection, visits, told=told, now=now)
    note_refused(connection, appointments, told=filter(None, [event.appointment_source_id]), now=now)
    _settle(transmission, Transmission.State.PROCESSED, now)
    return ReceivedEvent(event.name, visits.encounters, appointments.appointments)


def _follow(
    ehr: Ehr, event: EhrEvent, transmission: Transmission, now: datetime
) -> tuple[ReceivedEncounters, list[EhrEncounter], ReceivedAppointments]:
    connection = transmission.connection
    if connection is None or not event.appointment_source_id:
        return ReceivedEncounters(), [], ReceivedAppointments()
    appointment = ehr.appointment(event.appointment_source_id)
    if appointment is None:
        cancel_vanished(source=connection.adapter, source_ids=[event.appointment_source_id])
    if event.name != "appointment.checkout":
        return ReceivedEncounters(), [], _take_whole(ehr, connection, appointment, now)
    known = (
        appointment is not None
        and not appointment.problem
        and update_known(source=connection.adapter, appointment=appointment)
    )
    appointments = ReceivedAppointments() if known else _take_whole(ehr, connection, appointment, now)
    encounter = ehr.encounter(event.appointment_source_id)
    told = [encounter] if encounter else []
    return take_in(ehr, connection, told, Encounter.Path.EVENT, now=now), told, appointments


def _take_whole(
    ehr: Ehr, connection: Connection, appointment: EhrAppointment | None, now: datetime
) -> ReceivedAppointments:
    return take_in_appointments(ehr, connection, [appointment] if appointment else [], now=now)


def _settle(transmission: Transmission, state: Transmission.State, now: datetime, problem: str = "") -> None:
    journal.move(transmission, old=Transmission.State.STORED, new=state, now=now, problem=problem)
