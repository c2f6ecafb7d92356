from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.payers import eligibility_channels, reason_to_phone
from apps.eligibility.services.desk_tasks import open_tasks
from apps.intake.models import Appointment, Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheck:
    """Ask about `coverage` on `service_date`. `round` names the cause: the same cause, coverage and day asks once."""

    coverage: Coverage
    service_date: date
    reason: EligibilityCheck.Reason
    round: str
    appointment: Appointment | None = None


def start_check(new: NewCheck, *, now: datetime) -> EligibilityCheck:
    return start_checks([new], now=now)[0]


@transaction.atomic
def start_checks(new: Sequence[NewCheck], *, now: datetime) -> list[EligibilityCheck]:
    """Ask outside the nightly rounds: on demand, or for a denial (without a visit). Returns a check for each, in the same order.

    A payer without electronic eligibility gives a check that stays "by phone", the front desk's task where its visit is to come.
    Expects each coverage with its payer.
    """
    channels = eligibility_channels((each.coverage.payer for each in new), on=practice_date(now))
    rows = [_row(each, reason_to_phone(channels[each.coverage.payer_id]), now) for each in new]
    EligibilityCheck.objects.bulk_create(rows, ignore_conflicts=True)
    made = EligibilityCheck.objects.filter(
        coverage__in={each.coverage for each in new}, round__in={each.round for each in new}
    )
    by_cause = {(check.appointment_id, check.coverage_id, check.service_date, check.round): check for check in made}
    fresh = {row.public_id for row in rows}
    checks = [by_cause[row.appointment_id, row.coverage_id, row.service_date, row.round] for row in rows]
    for check in {check.pk: check for check in checks}.values():
        if check.public_id in fresh and check.state == EligibilityCheck.State.WAITING:
            nudge("check_eligibility", check.public_id)
    open_tasks([check for check in made if check.public_id in fresh and _is_to_be_called_about(check, now)], now=now)
    return checks


def _is_to_be_called_about(check: EligibilityCheck, now: datetime) -> bool:
    by_phone = check.state == EligibilityCheck.State.BY_PHONE
    return by_phone and check.appointment is not None and check.appointment.starts_at > now


def _row(new: NewCheck, phone: str, now: datetime) -> EligibilityCheck:
    return EligibilityCheck(
        appointment=new.appointment,
        coverage=new.coverage,
        service_date=new.service_date,
        reason=new.reason,
        round=new.round,
        created_at=now,
        state=EligibilityCheck.State.BY_PHONE if phone else EligibilityCheck.State.WAITING,
        sentence=phone,
    )
