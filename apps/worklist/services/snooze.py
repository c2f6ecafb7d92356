from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import WorkItem


class SnoozeError(ValueError):
    """A day on which the work could not come back in time; the message says why."""


@dataclass(frozen=True, slots=True)
class SnoozeResult:
    """Items put out of sight, and those that are due before they would come back and so stay."""

    snoozed: int
    too_late: int


def snooze(*, item: WorkItem, until: date, today: date, acting_user: User, now: datetime) -> None:
    """Put open work out of sight until a day to come, at the latest the day it is due. Raises SnoozeError."""
    snooze_many(items=[item], until=until, today=today, acting_user=acting_user, now=now)


@transaction.atomic
def snooze_many(
    *, items: Collection[WorkItem], until: date, today: date, acting_user: User, now: datetime
) -> SnoozeResult:
    """Each of the open items that is not due before the day comes back on it. Raises SnoozeError where none could."""
    if until <= today:
        raise SnoozeError("Choose a day after today.")
    still_open = WorkItem.objects.filter(pk__any_of=[item.pk for item in items], state=WorkItem.State.OPEN)
    in_time = still_open.filter(Q(due_on=None) | Q(due_on__gte=until))
    public_ids = list(in_time.order_by("pk").select_for_update().values_list("public_id", flat=True))
    too_late = still_open.filter(due_on__lt=until).count()
    if too_late and not public_ids:
        raise SnoozeError("This is due before that day." if too_late == 1 else "These are due before that day.")
    if public_ids:
        WorkItem.objects.filter(public_id__any_of=public_ids).update(snoozed_until=until)
        record(
            "snooze",
            acting_user=acting_user,
            now=now,
            subject_kind="work_item",
            subject_public_id=public_ids[0] if len(public_ids) == 1 else "",
            until=until.isoformat(),
            items=public_ids,
        )
    return SnoozeResult(len(public_ids), too_late)
