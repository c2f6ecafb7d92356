"""Ask the EHR for its appointments and their patients' coverage."""

from datetime import date, datetime

from apps.connectors import registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import Ehr, EhrAppointment
from apps.intake.services.place_providers import unknown_providers
from apps.intake.services.pull_charges import settle_pages
from apps.intake.services.receive_appointments import ReceivedAppointments, receive_appointments


def pull_appointments(*, connection: Connection, first: date, last: date, now: datetime) -> ReceivedAppointments:
    """Appointments of these practice-local days, both included. Raises ConnectorError, which the connection remembers."""
    ehr = registry.ehr(connection, now=now)
    if not ehr.capabilities.polls_appointments:
        return ReceivedAppointments()
    with contact(connection, now=now):
        received = take_in_appointments(ehr, connection, list(ehr.appointments(first, last)), now=now)
    settle_pages(connection, now=now)
    return received


def take_in_appointments(
    ehr: Ehr, connection: Connection, appointments: list[EhrAppointment], *, now: datetime
) -> ReceivedAppointments:
    if not appointments:
        return ReceivedAppointments()
    strangers = unknown_providers(each.provider_source_id for each in appointments)
    return receive_appointments(
        source=connection.adapter,
        appointments=appointments,
        patients=ehr.patients([each.patient_source_id for each in appointments]),
        providers=ehr.providers() if strangers else (),
        now=now,
    )
