"""What waits too long: for an answer, or for the front desk."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.eligibility.models import EligibilityCheck
from apps.worklist.models import WorkItem

# A real-time answer takes seconds; after this long the one who asked is gone.
ABANDONED_AFTER = timedelta(minutes=10)


def abandoned_checks(now: datetime) -> "QuerySet[EligibilityCheck]":
    """What a crash left in `asking`."""
    return EligibilityCheck.objects.filter(state=EligibilityCheck.State.ASKING, asked_at__lte=now - ABANDONED_AFTER)


def tasks_to_escalate(now: datetime) -> "QuerySet[WorkItem]":
    """The front desk's open tasks for visits near at hand."""
    return WorkItem.objects.filter(
        state=WorkItem.State.OPEN,
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        eligibility_check__escalates_at__lte=now,
        due_at__gt=now,
    )
