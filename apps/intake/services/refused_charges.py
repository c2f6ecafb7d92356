"""What could not come in: each file, visit or appointment becomes one person's work until it comes in or is dealt with."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.connectors.models import Connection, Transmission
from apps.core.models import User
from apps.intake.models import RefusedCharges
from apps.intake.services.lock_source import lock_source
from apps.intake.services.taking_in import Refusal
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_items, open_items, withdraw_items

KIND = "charges_refused"
APPOINTMENT_KIND = "appointment_refused"
State = WorkItem.State


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
    day: date | None = None  # an appointment's


def visit_key(source_id: str) -> str:
    return f"visit:{source_id}"[:200]


def appointment_key(source_id: str) -> str:
    return f"{RefusedCharges.APPOINTMENT}{source_id}"[:200]


def unread_key(name: str, size: int) -> str:
    """Of a file that is not in the journal."""
    return f"unread:{size}:{name}"[:200]


def refused_visits(connection: Connection, refusals: Iterable[Refusal]) -> list[Refused]:
    title = f"Look into a visit that {connection.name} told: it could not be taken in"
    return [Refused(visit_key(each.source_id), each.source_id, _sentence(each), title) for each in refusals]


def refused_appointments(connection: Connection, refusals: Iterable[Refusal]) -> list[Refused]:
    title = f"Look into an appointment that {connection.name} told: it could not be taken in"
    return [
        Refused(appointment_key(each.source_id), each.source_id, _sentence(each), title, day=each.day)
        for each in refusals
    ]


def _sentence(refusal: Refusal) -> str:
    return f"{refusal.reason[:1].upper()}{refusal.reason[1:]}."


@transaction.atomic
def hand_over(connection: Connection, refused: Sequence[Refused], *, now: datetime) -> int:
    """One work item each, once, however often it is met again; how many are new. A changed reason is kept.

    What came in, and cannot come in as it is told now, is work once more; what a person dealt with is not.
    """
    if not refused:
        return 0
    lock_source(f"refused {connection.pk}")
    by_key = {each.key: each for each in refused}
    found = RefusedCharges.objects.filter(connection=connection, key__in=by_key).select_related("work_item")
    known = {row.key: row for row in found}
    changed = [row for row in known.values() if row.problem != by_key[row.key].problem[:300]]
    for row in changed:
        row.problem = by_key[row.key].problem[:300]
    again = [row for row in known.values() if row.work_item.state == State.WITHDRAWN]
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
    opened = [*rows, *again]
    for row, item in zip(opened, open_items([_item(row, by_key[row.key]) for row in opened], now=now), strict=True):
        row.work_item = item
    RefusedCharges.objects.bulk_update({row.pk: row for row in (*changed, *again)}.values(), ["problem", "work_item"])
    RefusedCharges.objects.bulk_create(rows)
    return len(opened)


def _item(row: RefusedCharges, refused: Refused) -> NewItem:
    """An appointment is the front desk's, by its day."""
    role = WorkItem.OwnerRole
    kind, owner, page = (
        (APPOINTMENT_KIND, role.FRONT_DESK, "workspace:refused_appointment")
        if row.is_appointment
        else (KIND, role.BILLER, "workspace:refused_charges")
    )
    return NewItem(
        kind=kind,
        title=refused.title,
        owner_role=owner,
        url_name=page,
        subject_public_id=row.public_id,
        due_on=refused.day,
    )


def withdraw_what_came_in(connection: Connection, keys: Collection[str], *, now: datetime) -> int:
    """What was refused before has come in; how many items that ends."""
    rows = RefusedCharges.objects.filter(connection=connection, work_item__state=State.OPEN)
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
