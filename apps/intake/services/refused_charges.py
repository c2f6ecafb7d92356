"""Charges that could not come in: each file or visit becomes one person's work until it comes in or is dealt with."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.connectors.models import Connection, Transmission
from apps.core.models import User
from apps.intake.models import RefusedCharges
from apps.intake.services.lock_source import lock_source
from apps.intake.services.receive_encounters import Refusal
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_items, open_items, withdraw_items

KIND = "charges_refused"


class RefusedNotOpenError(Exception):
    """It cannot be set aside; the message says why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """`key` knows it again. `title` is the next step and names neither file nor visit: either name may name a patient."""

    key: str
    name: str
    problem: str
    title: str
    transmission: Transmission | None = None


def visit_key(source_id: str) -> str:
    return f"visit:{source_id}"[:200]


def unread_key(name: str, size: int) -> str:
    """Of a file that is not in the journal."""
    return f"unread:{size}:{name}"[:200]


def refused_visits(connection: Connection, refusals: Iterable[Refusal]) -> list[Refused]:
    title = f"Look into a visit that {connection.name} told: it could not be taken in"
    return [
        Refused(visit_key(each.source_id), each.source_id, f"{each.reason[:1].upper()}{each.reason[1:]}.", title)
        for each in refusals
    ]


@transaction.atomic
def hand_over(connection: Connection, refused: Sequence[Refused], *, now: datetime) -> int:
    """One work item each, once, however often it is met again; how many are new. A changed reason is kept."""
    if not refused:
        return 0
    lock_source(f"refused {connection.pk}")
    by_key = {each.key: each for each in refused}
    known = {row.key: row for row in RefusedCharges.objects.filter(connection=connection, key__in=by_key)}
    changed = [row for row in known.values() if row.problem != by_key[row.key].problem[:300]]
    for row in changed:
        row.problem = by_key[row.key].problem[:300]
    RefusedCharges.objects.bulk_update(changed, ["problem"])
    rows = [
        RefusedCharges(
            connection=connection,
            key=each.key,
            name=each.name[:200],
            problem=each.problem[:300],
            transmission=each.transmission,
            at=now,
        )
        for each in by_key.values()
        if each.key not in known
    ]
    items = open_items([_item(row, by_key[row.key]) for row in rows], now=now)
    for row, item in zip(rows, items, strict=True):
        row.work_item = item
    RefusedCharges.objects.bulk_create(rows)
    return len(rows)


def _item(row: RefusedCharges, refused: Refused) -> NewItem:
    return NewItem(
        kind=KIND,
        title=refused.title,
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:refused_charges",
        subject_public_id=row.public_id,
    )


def withdraw_what_came_in(connection: Connection, keys: Collection[str], *, now: datetime) -> int:
    """What was refused before has come in; how many items that ends."""
    rows = RefusedCharges.objects.filter(connection=connection, work_item__state=WorkItem.State.OPEN)
    ended = [row.work_item_id for row in rows if row.key in keys]
    return withdraw_items(ended, now=now, outcome="It came in since.") if ended else 0


@transaction.atomic
def set_refused_aside(*, refused_id: str, outcome: str, acting_user: User, now: datetime) -> None:
    """A person has dealt with it; `outcome` says how. Raises RefusedNotOpenError, RefusedCharges.DoesNotExist."""
    row = RefusedCharges.objects.get(public_id=refused_id)
    if not outcome.strip():
        raise RefusedNotOpenError("Say in a few words what became of it.")
    if not close_items([row.work_item_id], acting_user=acting_user, now=now, outcome=outcome.strip()):
        raise RefusedNotOpenError("This has been dealt with meanwhile.")
    record(
        "set_refused_aside",
        acting_user=acting_user,
        now=now,
        subject_kind="refused_charges",
        subject_public_id=row.public_id,
    )
