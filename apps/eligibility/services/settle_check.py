from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.odd_days import days_after
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import close_tasks
from apps.eligibility.services.note_told import note_told
from apps.eligibility.services.start_check import NewCheck, start_check
from apps.intake.services import Card, enter_coverage

Settlement = EligibilityCheck.Settlement
_OUTCOMES = {
    Settlement.NEW_COVERAGE: "New coverage entered.",
    Settlement.SELF_PAY: "Self-pay agreed.",
    Settlement.RESCHEDULED: "Visit rescheduled.",
    Settlement.VERIFIED: "Verified by phone.",
}


class SettlementError(ValueError):
    """What is missing before the task can be closed, as a sentence."""


@transaction.atomic
def settle_check(
    *,
    check: EligibilityCheck,
    settlement: EligibilityCheck.Settlement,
    acting_user: User,
    now: datetime,
    coverage: Card | None = None,
    phone_reference: str = "",
) -> EligibilityCheck | None:
    """A person's result for a failed check; the task is closed. New coverage is asked about at once: that check is returned.

    A coverage entered here is what visits are billed by, whatever the EHR tells, until the EHR tells the same.
    Raises SettlementError where it is settled already, without the payer's reference number (verified), or without the new coverage.
    """
    reference = phone_reference.strip()
    if settlement is Settlement.VERIFIED and not reference:
        raise SettlementError("Enter the reference number that the payer gave for the call.")
    if settlement is Settlement.NEW_COVERAGE and coverage is None:
        raise SettlementError("Enter the new coverage.")
    if EligibilityCheck.objects.select_for_update(of=("self",), no_key=True).get(pk=check.pk).settlement:
        raise SettlementError("Someone has settled this check in the meantime.")
    EligibilityCheck.objects.filter(pk=check.pk).update(
        settlement=settlement, settled_at=now, settled_by=acting_user, phone_reference=reference
    )
    note_told(check)
    close_tasks(check, acting_user=acting_user, now=now, outcome=_OUTCOMES[settlement])
    record(
        "settle",
        acting_user=acting_user,
        now=now,
        subject_kind="eligibility_check",
        subject_public_id=check.public_id,
        patients=[check.coverage.patient.public_id],
        settlement=settlement.value,
    )
    nudge("build_claims")
    return _enter(check, coverage, acting_user, now) if coverage and settlement is Settlement.NEW_COVERAGE else None


def _enter(check: EligibilityCheck, card: Card, acting_user: User, now: datetime) -> EligibilityCheck:
    """The old coverage is dated, never overwritten; the new one takes its rank after it, and from the visit's day on at the latest."""
    old = check.coverage
    _end_coverage(check)
    starts_on = min(days_after(old.ends_on, 1), check.service_date) if old.ends_on else None
    entered = enter_coverage(
        patient=old.patient, card=card, rank=old.rank, starts_on=starts_on, acting_user=acting_user
    )
    again = NewCheck(
        appointment=check.appointment,
        coverage=entered,
        service_date=check.service_date,
        reason=EligibilityCheck.Reason.ON_DEMAND,
        round=f"entered:{check.public_id}",
    )
    return start_check(again, now=now)


def _end_coverage(check: EligibilityCheck) -> None:
    """On the day that the payer named where it lies before the visit, else the day before the visit."""
    old = check.coverage
    before_visit = days_after(check.service_date, -1)
    named = check.benefits.get("ends_on")
    ends_on = min(date.fromisoformat(named), before_visit) if named else before_visit
    old.ends_on = max(ends_on, old.starts_on) if old.starts_on else ends_on
    old.save(update_fields=["ends_on"])
