"""Open and close work. Rooms call these; a room's own row holds the OneToOneField to the item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.core.models import User
from apps.core.short_questions import holds
from apps.worklist.models import WorkItem

_IS_ANY_OPEN = "SELECT EXISTS (SELECT FROM worklist_workitem WHERE kind = %s AND state = %s)"
_IS_OPEN = "SELECT EXISTS (SELECT FROM worklist_workitem WHERE kind = %s AND subject_public_id = %s AND state = %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """`title` says the next step and carries no clinical fact; `url_name` takes `subject_public_id` as its only argument."""

    kind: str
    title: str
    owner_role: WorkItem.OwnerRole
    url_name: str
    subject_public_id: str
    due_on: date | None = None
    due_at: datetime | None = None
    amount_at_stake: Decimal | None = None


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
    new = NewItem(
        kind=kind,
        title=title,
        owner_role=owner_role,
        url_name=url_name,
        subject_public_id=subject_public_id,
        due_on=due_on,
        due_at=due_at,
        amount_at_stake=amount_at_stake,
    )
    return open_items([new], now=now)[0]


def open_items(items: Iterable[NewItem], *, now: datetime) -> list[WorkItem]:
    """Many at once, in one statement; the rows come back in the same order."""
    return WorkItem.objects.bulk_create(
        WorkItem(
            kind=new.kind,
            title=new.title[:200],
            owner_role=new.owner_role,
            url_name=new.url_name,
            subject_public_id=new.subject_public_id,
            opened_at=now,
            due_on=new.due_on,
            due_at=new.due_at,
            amount_at_stake=new.amount_at_stake,  # type: ignore[misc]  # the column is null where no money is at stake
        )
        for new in items
    )


def is_open(kind: str, subject_public_id: str) -> bool:
    """Whether an item of this kind and subject is open: every step of every row asks when it has worked."""
    return holds(_IS_OPEN, kind, subject_public_id, WorkItem.State.OPEN.value)


def is_any_open(kind: str) -> bool:
    return holds(_IS_ANY_OPEN, kind, WorkItem.State.OPEN.value)


def close_item(item: WorkItem | None, *, acting_user: User | None, now: datetime, outcome: str = "") -> None:
    """Closing what is closed, or what was never opened, changes nothing."""
    if item is not None:
        close_items([item.pk], acting_user=acting_user, now=now, outcome=outcome)


def close_items(keys: Sequence[int], *, acting_user: User | None, now: datetime, outcome: str = "") -> int:
    """Close those of the items (primary keys) that are open; how many that were."""
    return WorkItem.objects.filter(pk__in=keys, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.DONE, closed_at=now, closed_by=acting_user, outcome=outcome[:200]
    )


def restate_amount(key: int, amount: Decimal) -> None:
    """Another amount, in dollars, is at stake in an open item."""
    WorkItem.objects.filter(pk=key, state=WorkItem.State.OPEN).update(amount_at_stake=amount)


def restate_amounts(amounts: Mapping[int, Decimal]) -> None:
    """The same for many, by primary key, in two statements. An item that says so already stays as it is."""
    if not amounts:
        return
    still_open = WorkItem.objects.filter(state=WorkItem.State.OPEN)
    moved = [row for row in still_open.filter(pk__in=amounts) if row.amount_at_stake != amounts[row.pk]]
    for row in moved:
        row.amount_at_stake = amounts[row.pk]
    # One that is closed meanwhile keeps the amount about which it was closed.
    still_open.bulk_update(moved, ["amount_at_stake"], batch_size=500)


def raise_items(titles: Mapping[int, str], *, release: Sequence[int] = ()) -> None:
    """Open items (primary keys) become more urgent: a new title, no day until which they are out of sight. Those of `release`
    are nobody's own any more, so that the whole role sees to them. Inside a transaction only: who takes one meanwhile keeps it.
    """
    still_open = WorkItem.objects.filter(pk__in=titles, state=WorkItem.State.OPEN)
    rows = list(still_open.select_for_update(no_key=True).order_by("pk"))
    for row in rows:
        row.title, row.snoozed_until = titles[row.pk][:200], None
        row.assignee = None if row.pk in release else row.assignee
    WorkItem.objects.bulk_update(rows, ["title", "snoozed_until", "assignee"], batch_size=500)


def withdraw_items(keys: Sequence[int], *, now: datetime, outcome: str) -> int:
    """The work is no longer there (its cause went away by itself); nobody did it."""
    return WorkItem.objects.filter(pk__in=keys, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.WITHDRAWN, closed_at=now, outcome=outcome[:200]
    )
