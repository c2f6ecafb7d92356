"""Open and close work. Rooms call these; a room's own row holds the OneToOneField to the item."""

from datetime import date, datetime
from decimal import Decimal

from apps.core.models import User
from apps.worklist.models import WorkItem


def open_item(
    *,
    kind: str,
    title: str,
    owner_role: WorkItem.OwnerRole,
    url_name: str,
    subject_public_id: str,
    now: datetime,
    due_on: date | None = None,
    due_at: datetime | None = None,
    amount_at_stake: Decimal | None = None,
) -> WorkItem:
    """`title` says the next step and carries no clinical fact; `url_name` takes `subject_public_id` as its only argument."""
    return WorkItem.objects.create(
        kind=kind,
        title=title,
        owner_role=owner_role,
        url_name=url_name,
        subject_public_id=subject_public_id,
        opened_at=now,
        due_on=due_on,
        due_at=due_at,
        amount_at_stake=amount_at_stake,
    )


def close_item(item: WorkItem | None, *, acting_user: User | None, now: datetime, outcome: str = "") -> None:
    """Closing what is closed, or what was never opened, changes nothing."""
    if item is None:
        return
    WorkItem.objects.filter(pk=item.pk, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.DONE, closed_at=now, closed_by=acting_user, outcome=outcome
    )
