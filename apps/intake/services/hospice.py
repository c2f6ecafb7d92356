"""The front desk or a biller learns that a patient elected hospice, or that the election has ended."""

from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.intake.models import HospiceElection, Patient


class HospiceDatesError(ValueError):
    """The dates contradict each other or another election. The message is for the person who typed them."""


@transaction.atomic
def record_hospice_election(
    *, patient_id: str, starts_on: date, ends_on: date | None, source: str, acting_user: User, now: datetime
) -> HospiceElection:
    """Add an election, or set the end of the one that began on the same day. Raises HospiceDatesError, Patient.DoesNotExist."""
    patient = Patient.objects.select_for_update().get(public_id=patient_id)
    if ends_on and ends_on < starts_on:
        raise HospiceDatesError("The last day lies before the first.")
    for other in patient.hospice_elections.exclude(starts_on=starts_on):
        if (other.ends_on is None or starts_on <= other.ends_on) and (ends_on is None or other.starts_on <= ends_on):
            raise HospiceDatesError(f"Another election runs from {other.starts_on:%m/%d/%Y}. Enter its last day first.")
    row, _ = HospiceElection.objects.update_or_create(
        patient=patient,
        starts_on=starts_on,
        defaults={"ends_on": ends_on, "source": source, "entered_by": acting_user, "entered_at": now},
    )
    record(
        "record_hospice",
        acting_user=acting_user,
        now=now,
        subject_kind="patient",
        subject_public_id=patient.public_id,
        patients=[patient.public_id],
    )
    return row
