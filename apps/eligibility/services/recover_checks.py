from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import KIND
from apps.worklist.models import WorkItem

State = EligibilityCheck.State
# A real-time answer takes seconds; after this long the one who asked is gone.
ABANDONED_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RecoveredChecks:
    waiting_again: int
    escalated: int


def recover_checks(*, now: datetime) -> RecoveredChecks:
    """Put back what a crash left in `asking` (asking twice is harmless), and escalate tasks whose time has come."""
    abandoned = EligibilityCheck.objects.filter(state=State.ASKING, asked_at__lte=now - ABANDONED_AFTER)
    return RecoveredChecks(abandoned.update(state=State.WAITING, next_try_at=None), _escalate(now))


@transaction.atomic
def _escalate(now: datetime) -> int:
    """A visit near at hand whose coverage nobody settled becomes the administrator's to see."""
    late = WorkItem.objects.filter(
        kind=KIND,
        state=WorkItem.State.OPEN,
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        eligibility_check__escalates_at__lte=now,
        due_at__gt=now,
    )
    keys = list(late.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    return WorkItem.objects.filter(pk__in=keys).update(owner_role=WorkItem.OwnerRole.ADMINISTRATOR)
