from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core import clock
from apps.core.models import User
from apps.eligibility import selectors
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.self_pay import self_pay_agreements
from apps.eligibility.services.start_check import NewCheck, start_check
from apps.intake.models import Appointment


class SelfPayAgreedError(ValueError):
    """The patient pays the visit. A sentence for the front desk."""

    def __init__(self) -> None:
        super().__init__(
            "The patient pays this visit, and nothing of it goes to the plan. Where the patient takes that back, note it first."
        )


@transaction.atomic
def recheck(*, appointment: Appointment, acting_user: User, now: datetime) -> EligibilityCheck | None:
    """Ask again, now, about the coverage that the visit has now. Two clicks in one minute ask once. None: the visit is self-pay.

    Raises SelfPayAgreedError where the patient asked to keep the visit from the plan (45 CFR 164.522(a)(1)(vi)).
    """
    day = clock.practice_date(appointment.starts_at)
    if self_pay_agreements().filter(coverage__patient=appointment.patient_id, service_date=day).exists():
        raise SelfPayAgreedError
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
