from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import WorkItem


class DueDateError(ValueError):
    """A day on which the work cannot be due; the message says why."""


@transaction.atomic
def set_due(*, item: WorkItem, due_on: date | None, today: date, acting_user: User, now: datetime) -> date | None:
    """Open work is due on a day that a person chose, at the latest on its room's own; None: on that again. Returns the day.

    Work that is out of sight beyond the new day comes back at once. Raises DueDateError.
    """
    row = WorkItem.objects.select_for_update().get(pk=item.pk)
    if row.state != WorkItem.State.OPEN:
        raise DueDateError("This is closed already.")
    if row.due_at is not None:
        raise DueDateError("This is due at a set time, which nobody moves.")
    latest = row.room_due_on if row.is_due_by_hand else row.due_on
    if due_on is not None and latest is not None and latest < today:
        raise DueDateError(f"This was due by {latest:%B} {latest.day}, {latest.year}: no later day can be set.")
    if due_on is not None and due_on < today:
        raise DueDateError("Choose today or a later day.")
    if due_on is not None and latest is not None and due_on > latest:
        raise DueDateError(
            f"This must be done by {latest:%B} {latest.day}, {latest.year}: choose that day or an earlier one."
        )
    before = row.due_on
    row.room_due_on, row.set_due_on = latest, due_on
    row.due_on = due_on or latest
    if row.snoozed_until and row.due_on and row.snoozed_until > row.due_on:
        row.snoozed_until = None
    row.save(update_fields=["room_due_on", "set_due_on", "due_on", "snoozed_until"])
    record(
        "set_due",
        acting_user=acting_user,
        now=now,
        subject_kind="work_item",
        subject_public_id=row.public_id,
        items=[row.public_id],
        due_on=row.due_on.isoformat() if row.due_on else "",
        by_hand=due_on is not None,
        before=before.isoformat() if before else "",
    )
    return row.due_on
