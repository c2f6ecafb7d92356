"""Ask the EHR for its appointments and their patients' coverage."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from apps.connectors import registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import Ehr, EhrAppointment
from apps.core.clock import practice_zone
from apps.core.shown import counted
from apps.intake.models import Appointment
from apps.intake.services.place_providers import unknown_providers
from apps.intake.services.pull_charges import settle_pages
from apps.intake.services.receive_appointments import ReceivedAppointments, cancel_vanished, receive_appointments
from apps.intake.services.refused_charges import (
    appointment_key,
    hand_over,
    refused_appointments,
    withdraw_what_came_in,
)

# So many at most that the list no longer names are asked for one by one, the next visits first: an EHR counts calls, and a list
# that comes back empty by mistake is not to cost hundreds of them.
MOST_ASKED = 50


def pull_appointments(*, connection: Connection, first: date, last: date, now: datetime) -> ReceivedAppointments:
    """Appointments of these practice-local days, both included, and what became of those that were among them and are no longer.

    Raises ConnectorError, which the connection remembers.
    """
    ehr = registry.ehr(connection, now=now)
    if not ehr.capabilities.polls_appointments:
        return ReceivedAppointments()
    with contact(connection, now=now):
        told = list(ehr.appointments(first, last))
        known = _no_longer_listed(connection, first, last, {each.source_id for each in told})
        asked = {source_id: ehr.appointment(source_id) for source_id in known}
        told += [each for each in asked.values() if each]
        received = take_in_appointments(ehr, connection, told, now=now)
    cancel_vanished(source=connection.adapter, source_ids=[key for key, each in asked.items() if each is None])
    settle_pages(connection, now=now)
    note_refused(connection, received, told=[each.source_id for each in told] + list(asked), now=now)
    return received


def _no_longer_listed(connection: Connection, first: date, last: date, listed: Collection[str]) -> list[str]:
    """Deleted there, or moved to a day that was not asked for."""
    begin, end = (datetime.combine(day, time.min, practice_zone()) for day in (first, last + timedelta(days=1)))
    rows = Appointment.objects.filter(
        source=connection.adapter, status=Appointment.Status.SCHEDULED, starts_at__gte=begin, starts_at__lt=end
    ).exclude(source_id__in=listed)
    return list(rows.order_by("starts_at", "pk").values_list("source_id", flat=True)[:MOST_ASKED])


def take_in_appointments(
    ehr: Ehr, connection: Connection, appointments: list[EhrAppointment], *, now: datetime
) -> ReceivedAppointments:
    readable = [each for each in appointments if not each.problem]
    strangers = unknown_providers(each.provider_source_id for each in readable)
    return receive_appointments(
        source=connection.adapter,
        appointments=appointments,
        patients=ehr.patients([each.patient_source_id for each in readable]) if readable else (),
        providers=ehr.providers() if strangers else (),
        now=now,
    )


def note_refused(connection: Connection, received: ReceivedAppointments, *, told: Iterable[str], now: datetime) -> None:
    """What could not come in is shown on the connection and is the front desk's work; what came in of `told`, their numbers, is so no
    longer, nor is what the EHR no longer has.
    """
    refused = refused_appointments(connection, received.refused)
    still = {each.key for each in refused}
    came_in = {appointment_key(each) for each in told} - still
    withdraw_what_came_in(connection, came_in, now=now)
    hand_over(connection, refused, now=now)
    if refused:
        reasons = "; ".join(sorted({refusal.reason for refusal in received.refused}))
        problem = f"{counted(len(refused), 'appointment')} could not be taken in: {reasons}."
        Connection.objects.filter(pk=connection.pk).update(last_failure=problem[:200])
