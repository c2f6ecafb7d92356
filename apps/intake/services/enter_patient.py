"""A patient whom no source has told, entered by a person: with the plan on the card, or without one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.intake.models import Patient
from apps.intake.services.adopt_entered import ENTERED
from apps.intake.services.adopt_patients import HAND, identity
from apps.intake.services.enter_charges import EntryRefusedError
from apps.intake.services.enter_coverage import Card, enter_coverage
from apps.intake.services.lock_source import lock_source


class KnownPatientError(EntryRefusedError):
    """There is such a patient already: `patient`."""

    def __init__(self, patient: Patient) -> None:
        super().__init__(
            "There is a patient of this name and birth date: enter the charges there, so that nothing is billed twice."
        )
        self.patient = patient


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredPatient:
    """`card` None pays for themselves. `token`: of the form that was filled in; sent twice, it is one patient."""

    token: str
    first_name: str
    last_name: str
    birth_date: date
    sex: str
    line1: str
    line2: str
    city: str
    state: str
    postcode: str
    phone: str
    card: Card | None


@transaction.atomic
def enter_patient(*, told: EnteredPatient, acting_user: User, now: datetime) -> Patient:
    """Raises KnownPatientError where one of the same name and birth date is here."""
    lock_source(HAND)
    source_id = f"{ENTERED}{told.token}"[:60]
    twice = Patient.objects.filter(source=HAND, source_id=source_id).first()
    if twice:
        return twice
    own = identity(told.first_name, told.last_name, told.birth_date)
    for row in Patient.objects.filter(birth_date=told.birth_date, last_name__iexact=told.last_name.strip()):
        if identity(row.first_name, row.last_name, row.birth_date) == own:
            raise KnownPatientError(row)
    facts = ("first_name", "last_name", "birth_date", "sex", "line1", "line2", "city", "state", "postcode", "phone")
    patient = Patient.objects.create(source=HAND, source_id=source_id, **{name: getattr(told, name) for name in facts})
    if told.card:
        enter_coverage(patient=patient, card=told.card, rank=1, starts_on=None, acting_user=acting_user)
    record(
        "enter_patient",
        acting_user=acting_user,
        now=now,
        subject_kind="patient",
        subject_public_id=patient.public_id,
        patients=[patient.public_id],
        with_plan=told.card is not None,
    )
    return patient
