from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import WorkItem


class SnoozeError(ValueError):
    """A day on which the work could not come back in time; the message says why."""


@transaction.atomic
def snooze(*, item: WorkItem, until: date, today: date, acting_user: User, now: datetime) -> None:
    """Put open work out of sight until a day to come, at the latest the day it is due. Raises SnoozeError."""
    if until <= today:
        raise SnoozeError("Choose a day after today.")
    if item.due_on and until > item.due_on:
        raise SnoozeError("This is due before that day.")
    WorkItem.objects.filter(pk=item.pk, state=WorkItem.State.OPEN).update(snoozed_until=until)
    record(
        "snooze",
        acting_user=acting_user,
        now=now,
        subject_kind="work_item",
        subject_public_id=item.public_id,
        until=until.isoformat(),
    )
