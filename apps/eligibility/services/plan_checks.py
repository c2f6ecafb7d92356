from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.core import clock
from apps.eligibility import selectors
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.plan import DueCheck, Round, plan
from apps.eligibility.selectors.payers import NO_CHANNEL
from apps.eligibility.services.desk_tasks import close_tasks_of_visits_off, open_tasks

_REASONS = {
    Round.CLOSING: EligibilityCheck.Reason.BEFORE_CLOSING,
    Round.AHEAD: EligibilityCheck.Reason.SCHEDULED,
    Round.EVENING: EligibilityCheck.Reason.EVENING_BEFORE,
    Round.MORNING: EligibilityCheck.Reason.SAME_DAY,
    Round.PHONE: EligibilityCheck.Reason.SCHEDULED,
}


@dataclass(frozen=True, slots=True)
class PlannedChecks:
    """`checks`: public ids of all that may be asked now, older ones that wait for another try included."""

    planned: int
    by_phone: int
    checks: tuple[str, ...]


def plan_checks(*, now: datetime) -> PlannedChecks:
    """Make a check for each visit that is due (rules/plan.py), once a round; a payer that cannot be asked becomes a phone task.

    What is open about visits that are off is withdrawn.
    """
    close_tasks_of_visits_off(now=now)
    due = list(plan(selectors.visits_to_plan(now), now=now, zone=clock.practice_zone()))
    made = _create(due, now)
    phone = [check for check in made if check.state == EligibilityCheck.State.BY_PHONE]
    return PlannedChecks(len(made) - len(phone), len(phone), tuple(selectors.due_checks(now)))


@transaction.atomic
def _create(due: Sequence[DueCheck], now: datetime) -> list[EligibilityCheck]:
    """The unique round decides between two runs at once: the second one's rows are ignored."""
    rows = [_row(check, now) for check in due]
    EligibilityCheck.objects.bulk_create(rows, ignore_conflicts=True)
    ours = EligibilityCheck.objects.filter(public_id__in=[row.public_id for row in rows])
    made = list(selectors.with_people(ours))
    open_tasks([check for check in made if check.state == EligibilityCheck.State.BY_PHONE], now=now)
    return made


def _row(due: DueCheck, now: datetime) -> EligibilityCheck:
    by_phone = due.round is Round.PHONE
    return EligibilityCheck(
        appointment_id=due.appointment,
        coverage_id=due.coverage,
        service_date=due.visit_day,
        reason=_REASONS[due.round],
        round=f"{due.round}:{due.visit_day}",
        state=EligibilityCheck.State.BY_PHONE if by_phone else EligibilityCheck.State.WAITING,
        sentence=NO_CHANNEL if by_phone else "",
        created_at=now,
    )
