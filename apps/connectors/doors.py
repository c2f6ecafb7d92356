"""Where a sign-in was refused nobody knocks again by themselves: vendors count refused log-ins and block the account.

A person opens the door again: who saves the connection's settings, or tests it and is answered. By itself it is tried once a day, for a
vendor that refused by mistake. A connection may have several doors, each with credentials of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from apps.connectors.models import Connection, RefusedSignIn
from apps.connectors.ports.errors import ConnectorError, HeldBackError, SignInRefusedError
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.worklist.models import WorkItem
from apps.worklist.queue import is_open, open_item, withdraw_items

KIND = "sign_in_refused"
ELIGIBILITY = "eligibility"
# So that the daily job that was refused is the one that tries.
TRIED_AGAIN_AFTER = timedelta(hours=20)


def closed(*, now: datetime, door: str = "") -> "QuerySet[RefusedSignIn, int]":
    """The connections (primary keys) that are left alone."""
    refused = RefusedSignIn.objects.filter(door=door, at__gt=now - TRIED_AGAIN_AFTER)
    return refused.values_list("connection_id", flat=True)


def is_closed(connection: Connection, *, now: datetime, door: str = "") -> bool:
    return closed(now=now, door=door).filter(connection=connection).exists()


def look(connection: Connection, *, now: datetime, door: str = "") -> None:
    """Raises HeldBackError where the door is closed: for whoever has to prepare something before asking."""
    if is_closed(connection, now=now, door=door):
        raise _held_back(connection)


def _held_back(connection: Connection) -> HeldBackError:
    return HeldBackError(f"{connection.name} refused the sign-in and is left alone until an administrator corrects it.")


@contextmanager
def through(connection: Connection, *, now: datetime, door: str = "", by_hand: bool = False) -> Iterator[None]:
    """Run calls to the other side. Raises HeldBackError in place of a call while the door is closed, but for a person's own test:
    once that is answered every door is open.
    """
    refused = RefusedSignIn.objects.filter(connection=connection, door=door).first()
    if refused and not by_hand:
        _take_the_try(refused, connection, now)
    try:
        yield
    except SignInRefusedError:
        close(connection, now=now, door=door)
        raise
    except ConnectorError:
        if refused:  # it said nothing of the credentials
            RefusedSignIn.objects.filter(pk=refused.pk, at=now).update(at=refused.at)
        raise
    if refused or by_hand:
        reopen(connection, now=now, door=None if by_hand else door)


def _take_the_try(refused: RefusedSignIn, connection: Connection, now: datetime) -> None:
    """One worker tries where the day is over, the others are held back."""
    due = RefusedSignIn.objects.filter(pk=refused.pk, at=refused.at, at__lte=now - TRIED_AGAIN_AFTER)
    if not due.update(at=now):
        raise _held_back(connection)


@transaction.atomic
def close(connection: Connection, *, now: datetime, door: str = "") -> None:
    """One open task a connection. Two workers may be refused at the same moment; they look and open one after the other. What was refused
    while a person stored other credentials says nothing of those.
    """
    lock_until_commit(KIND, connection.public_id)
    if Connection.objects.get(pk=connection.pk).settings != connection.settings:
        return
    RefusedSignIn.objects.update_or_create(connection=connection, door=door, defaults={"at": now})
    if is_open(KIND, connection.public_id):
        return
    open_item(
        kind=KIND,
        title=f"Correct the sign-in of {connection.name}, which refuses it, and test it: until then it is left alone",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="settings:test_connection",
        subject_public_id=connection.public_id,
        now=now,
        due_on=practice_date(now),
    )


@transaction.atomic
def reopen(connection: Connection, *, now: datetime, door: str | None = None) -> None:
    """One door, or all of them. What waited behind is started by the sweep, which looks at once."""
    lock_until_commit(KIND, connection.public_id)
    refused = RefusedSignIn.objects.filter(connection=connection)
    opened, _ = (refused if door is None else refused.filter(door=door)).delete()
    if not opened:
        return
    if not refused.exists():
        tasks = WorkItem.objects.filter(kind=KIND, subject_public_id=connection.public_id, state=WorkItem.State.OPEN)
        withdraw_items(list(tasks.values_list("pk", flat=True)), now=now, outcome="Corrected, or it answers again.")
    nudge("sweep")
