"""Close an exception, with who did it and why."""

from datetime import datetime

from apps.core.models import User
from apps.remittances.models import RemittanceException
from apps.worklist.queue import close_item


def mark_settled(
    exception: RemittanceException,
    *,
    note: str,
    acting_user: User | None,
    now: datetime,
    entry_id: int | None = None,
) -> None:
    exception.state = RemittanceException.State.SETTLED
    exception.settled_at, exception.settled_by, exception.note = now, acting_user, note[:500]
    exception.entry_id = entry_id
    exception.save(update_fields=["state", "settled_at", "settled_by", "note", "entry"])
    close_item(exception.work_item, acting_user=acting_user, now=now, outcome=note)
