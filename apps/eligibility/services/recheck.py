from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core import clock
from apps.core.models import User
from apps.eligibility import selectors
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.start_check import NewCheck, start_check
from apps.intake.models import Appointment


@transaction.atomic
def recheck(*, appointment: Appointment, acting_user: User, now: datetime) -> EligibilityCheck | None:
    """Ask again, now, about the coverage that the visit has now. Two clicks in one minute ask once. None: the visit is self-pay."""
    day = clock.practice_date(appointment.starts_at)
    coverages = appointment.patient.coverages.select_related("payer").order_by("rank", "-pk")
    coverage = selectors.coverage_on(coverages, day)
    if coverage is None:
        return None
    new = NewCheck(
        appointment=appointment,
        coverage=coverage,
        service_date=day,
        reason=EligibilityCheck.Reason.ON_DEMAND,
        round=f"demand:{now:%Y-%m-%dT%H:%M}",
    )
    check = start_check(new, now=now)
    record(
        "recheck",
        acting_user=acting_user,
        now=now,
        subject_kind="eligibility_check",
        subject_public_id=check.public_id,
        patients=[appointment.patient.public_id],
    )
    return check
