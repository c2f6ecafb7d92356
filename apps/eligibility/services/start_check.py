from datetime import date, datetime

from django.db import transaction

from apps.core.jobs import nudge
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Appointment, Coverage


@transaction.atomic
def start_check(
    *,
    coverage: Coverage,
    service_date: date,
    reason: EligibilityCheck.Reason,
    round: str,  # noqa: A002  the column's name
    now: datetime,
    appointment: Appointment | None = None,
) -> EligibilityCheck:
    """Ask about a coverage on a day outside the nightly rounds: on demand, or for a denial (without a visit).

    The same `round` returns the first check. A payer without electronic eligibility gives a check that stays "by phone".
    """
    electronic = bool(coverage.payer.eligibility_id)
    check, new = EligibilityCheck.objects.get_or_create(
        appointment=appointment,
        coverage=coverage,
        service_date=service_date,
        round=round,
        defaults={
            "reason": reason,
            "created_at": now,
            "state": EligibilityCheck.State.WAITING if electronic else EligibilityCheck.State.BY_PHONE,
            "sentence": "" if electronic else "The payer has no electronic eligibility.",
        },
    )
    if new and electronic:
        nudge("check_eligibility", check.public_id)
    return check
