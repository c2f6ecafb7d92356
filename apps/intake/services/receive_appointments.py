"""Take in appointments: one row each, kept up to date with its patient's coverage, in bulk."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction

from apps.connectors.ports.ehr import EhrAppointment, EhrPatient, EhrProvider
from apps.core.clock import practice_date
from apps.intake.models import Appointment
from apps.intake.services.adopt_patients import adopt_patients
from apps.intake.services.lock_source import lock_source
from apps.intake.services.place_payers import place_payers
from apps.intake.services.place_providers import place_providers
from apps.intake.services.receive_consents import receive_consents
from apps.intake.services.receive_coverages import CoverageBook, Told
from apps.intake.services.receive_patients import receive_patients
from apps.intake.services.taking_in import NO_PATIENT, Refusal, failing, take_in_halves
from apps.practice.models import Location

CHUNK = 500
logger = logging.getLogger(__name__)
TAKES_NO_PLACE = frozenset({Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW})
TOLD = ("patient", "provider", "location", "starts_at", "booked_at", "status")


@dataclass(frozen=True, slots=True)
class ReceivedAppointments:
    appointments: tuple[str, ...] = ()  # public ids of those that are new
    changed: int = 0
    known: int = 0
    refused: tuple[Refusal, ...] = ()
    added_payers: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        return len(self.appointments)

    def __add__(self, other: "ReceivedAppointments") -> "ReceivedAppointments":
        return ReceivedAppointments(
            self.appointments + other.appointments,
            self.changed + other.changed,
            self.known + other.known,
            self.refused + other.refused,
            self.added_payers + other.added_payers,
        )


def receive_appointments(
    *,
    source: str,
    appointments: Iterable[EhrAppointment],
    patients: Iterable[EhrPatient],
    providers: Sequence[EhrProvider] = (),
    now: datetime,
) -> ReceivedAppointments:
    """Known by (source, source_id). The patients' coverages, as told now, come in with them. A chunk of 500 is one transaction.

    Refused is what cannot be read, what a patient is not told of, and that over which the taking in falls: the others come in. Of what
    is known here with that patient the time and the state follow all the same. What takes no place is nobody's work.
    """
    told = {patient.source_id: patient for patient in patients}
    total = ReceivedAppointments()
    remaining = iter(appointments)
    while chunk := list(islice(remaining, CHUNK)):
        readable = [each for each in chunk if not each.problem]
        accepted = [each for each in readable if each.patient_source_id in told]
        strangers = [each for each in readable if each.patient_source_id not in told]
        total += ReceivedAppointments(refused=tuple(_unread(chunk, now))) + _without_patient(source, strangers)
        if accepted:
            total += take_in_halves(
                accepted, partial(_receive_chunk, source, told, providers, now), partial(_failed, source)
            )
    return total


def _unread(told: Iterable[EhrAppointment], now: datetime) -> Iterator[Refusal]:
    return (Refusal(each.source_id, each.problem, practice_date(now)) for each in told if each.problem)


def _without_patient(source: str, told: Sequence[EhrAppointment]) -> ReceivedAppointments:
    known = 0
    for each in told:
        known += update_known(source=source, appointment=each)
    due = tuple(_refused(each, NO_PATIENT) for each in told if each.status not in TAKES_NO_PLACE)
    return ReceivedAppointments(known=known, refused=due)


def _failed(source: str, told: EhrAppointment, failure: Exception) -> ReceivedAppointments:
    logger.error("An appointment of %s could not be taken in: %s.", source, type(failure).__name__)
    return ReceivedAppointments(refused=(_refused(told, failing(failure, "appointment")),))


def _refused(told: EhrAppointment, reason: str) -> Refusal:
    return Refusal(told.source_id, reason, practice_date(told.starts_at))


@transaction.atomic
def _receive_chunk(
    source: str,
    told: dict[str, EhrPatient],
    providers: Sequence[EhrProvider],
    now: datetime,
    chunk: Iterable[EhrAppointment],
) -> ReceivedAppointments:
    accepted = {each.source_id: each for each in chunk}
    lock_source(source)
    people = [told[source_id] for source_id in dict.fromkeys(each.patient_source_id for each in accepted.values())]
    adopt_patients(source, people, told.values(), now=now)
    patients = receive_patients(source, people)
    receive_consents(people, patients, now=now)
    tellings = [Told(patients[each.source_id], each.coverages, complete=True) for each in people]
    payers, added = place_payers(
        ((cover, telling.patient.public_id) for telling in tellings for cover in telling.coverages), now=now
    )
    book = CoverageBook(patients.values(), payers, now=now)
    for telling in tellings:
        book.tell(telling)
    book.write()
    placed = place_providers((each.provider_source_id for each in accepted.values()), providers)
    locations = {row.source_id: row for row in Location.objects.exclude(source_id="")}
    rows = [
        Appointment(
            source=source,
            source_id=each.source_id,
            patient=patients[each.patient_source_id],
            provider=placed[each.provider_source_id],
            location=locations.get(each.location_source_id),
            starts_at=each.starts_at,
            booked_at=each.booked_at,
            status=each.status,
        )
        for each in accepted.values()
    ]
    fresh, changed = _write(source, rows)
    return ReceivedAppointments(fresh, changed, len(rows) - len(fresh), (), added)


@transaction.atomic
def update_known(*, source: str, appointment: EhrAppointment) -> bool:
    """Bring one appointment's time and state up to date; its patient's plans are left to the visit's charges.

    False where it is not known with this patient and provider: then it must come in whole.
    """
    lock_source(source)
    row = Appointment.objects.filter(
        source=source,
        source_id=appointment.source_id,
        patient__source_id=appointment.patient_source_id,
        provider__source_id=appointment.provider_source_id,
    ).first()
    if row is None:
        return False
    changed = [
        name for name in ("starts_at", "booked_at", "status") if getattr(row, name) != getattr(appointment, name)
    ]
    for name in changed:
        setattr(row, name, getattr(appointment, name))
    if changed:
        row.save(update_fields=changed)
    return True


@transaction.atomic
def cancel_vanished(*, source: str, source_ids: Collection[str]) -> None:
    """The source no longer has these: what was still to come is canceled. What took place stays."""
    if not source_ids:
        return
    lock_source(source)
    rows = Appointment.objects.filter(source=source, source_id__in=source_ids, status=Appointment.Status.SCHEDULED)
    rows.update(status=Appointment.Status.CANCELLED)


def _write(source: str, rows: list[Appointment]) -> tuple[tuple[str, ...], int]:
    known = {
        row.source_id: row
        for row in Appointment.objects.filter(source=source, source_id__in=[row.source_id for row in rows])
    }
    changed = [known[row.source_id] for row in rows if row.source_id in known and _update(known[row.source_id], row)]
    fresh = [row for row in rows if row.source_id not in known]
    if changed:
        Appointment.objects.bulk_update(changed, TOLD)
    Appointment.objects.bulk_create(fresh)
    return tuple(row.public_id for row in fresh), len(changed)


def _update(row: Appointment, told: Appointment) -> bool:
    different = [name for name in TOLD if getattr(row, _attribute(name)) != getattr(told, _attribute(name))]
    for name in different:
        setattr(row, name, getattr(told, name))
    return bool(different)


def _attribute(name: str) -> str:
    """A relation is compared by its key, without asking the database for the row."""
    return f"{name}_id" if name in {"patient", "provider", "location"} else name
