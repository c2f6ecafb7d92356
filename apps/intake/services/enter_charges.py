"""A person enters a visit's charges, by the rules by which the EHR's come in; from here on the visit is like any other."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.connectors.ports.ehr import EhrCharge, EhrEncounter
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.core.models import User
from apps.intake import rules
from apps.intake.models import Appointment, Charge, Coverage, Encounter, Patient
from apps.intake.services.adopt_entered import ENTERED
from apps.intake.services.change_visits import new_charges
from apps.intake.services.lock_source import lock_source
from apps.intake.services.note_uncharged import settle_charged
from apps.practice.models import Location, Provider


class EntryRefusedError(Exception):
    """The charges cannot come in. The message says why and what to do."""


class SameDayError(EntryRefusedError):
    """The patient has charges of that provider and day already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredVisit:
    """`coverage` None is self-pay. `token`: of the form that was filled in; sent twice, it is one visit.

    `second_visit`: the person knows that the patient saw this provider twice that day.
    """

    token: str
    patient: Patient
    appointment: Appointment | None
    coverage: Coverage | None
    provider: Provider
    location: Location | None
    service_date: date
    place_of_service: str
    diagnoses: tuple[str, ...]
    charges: tuple[EhrCharge, ...]
    second_visit: bool = False


@transaction.atomic
def enter_charges(*, visit: EnteredVisit, acting_user: User, now: datetime) -> Encounter:
    """Its claim is built at once. A visit of the appointment book keeps the EHR's number, so that the EHR's own telling is met as the
    same visit; any other is found by patient, day and provider. Raises EntryRefusedError, SameDayError.
    """
    patient = visit.patient
    lock_source(patient.source)
    if Patient.objects.values_list("source", flat=True).get(pk=patient.pk) != patient.source:
        raise EntryRefusedError(
            "The EHR has told this patient in the meantime. Look at the charges once more, then save again."
        )
    fingerprint = f"{ENTERED}{visit.token}"[:64]
    twice = Encounter.objects.filter(fingerprint=fingerprint, patient=patient).first()
    if twice:
        return twice
    told = _told(visit)
    _refuse(visit, told, now)
    made = Encounter.objects.create(
        source=patient.source,
        source_id=told.source_id,
        patient=patient,
        coverage=visit.coverage,
        provider=visit.provider,
        location=visit.location,
        service_date=visit.service_date,
        place_of_service=visit.place_of_service,
        diagnoses=list(visit.diagnoses),
        arrived_at=now,
        arrived_by=Encounter.Path.HAND,
        entered_by=acting_user,
        fingerprint=fingerprint,
    )
    Charge.objects.bulk_create(new_charges(made, told))
    record(
        "enter_charges",
        acting_user=acting_user,
        now=now,
        subject_kind="encounter",
        subject_public_id=made.public_id,
        patients=[patient.public_id],
        lines=len(told.charges),
    )
    settle_charged(now=now)
    nudge("build_claims")
    return made


def _told(visit: EnteredVisit) -> EhrEncounter:
    return EhrEncounter(
        source_id=visit.appointment.source_id if visit.appointment else f"{ENTERED}{visit.token}",
        patient_source_id=visit.patient.source_id,
        provider_source_id=visit.provider.source_id,
        location_source_id="",
        service_date=visit.service_date,
        place_of_service=visit.place_of_service,
        diagnoses=visit.diagnoses,
        charges=visit.charges,
    )


def _refuse(visit: EnteredVisit, told: EhrEncounter, now: datetime) -> None:
    today = practice_date(now)
    reason = rules.refusal(told, today=today)
    if reason:
        raise EntryRefusedError(f"{reason[:1].upper()}{reason[1:]}.")
    if visit.service_date > today:
        raise EntryRefusedError("The visit lies ahead. Charges are entered once it has taken place.")
    if visit.coverage and visit.coverage.patient_id != visit.patient.pk:
        raise EntryRefusedError("The plan belongs to another patient. Choose one of this patient's.")
    if Encounter.objects.filter(source=visit.patient.source, source_id=told.source_id).exists():
        raise EntryRefusedError(
            "The charges of this visit came in meanwhile. Look at its claim; nothing was entered twice."
        )
    same_day = Encounter.objects.filter(
        patient=visit.patient, provider=visit.provider, service_date=visit.service_date, charges__isnull=False
    )
    if not visit.second_visit and same_day.exists():
        raise SameDayError(
            "Charges of this patient, provider and day came in before. Say below that it was a second visit, or leave it."
        )
