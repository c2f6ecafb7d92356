from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors import abandoned_checks, tasks_to_escalate
from apps.worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class RecoveredChecks:
    waiting_again: int
    escalated: int


def recover_checks(*, now: datetime) -> RecoveredChecks:
    """Put back what a crash left in `asking` (asking twice is harmless), and escalate tasks whose time has come."""
    put_back = abandoned_checks(now).update(state=EligibilityCheck.State.WAITING, next_try_at=None)
    return RecoveredChecks(put_back, _escalate(now))


@transaction.atomic
def _escalate(now: datetime) -> int:
    """A visit near at hand whose coverage nobody settled becomes the administrator's to see."""
    late = tasks_to_escalate(now).select_for_update(skip_locked=True, of=("self",))
    keys = list(late.values_list("pk", flat=True))
    return WorkItem.objects.filter(pk__in=keys).update(owner_role=WorkItem.OwnerRole.ADMINISTRATOR)
