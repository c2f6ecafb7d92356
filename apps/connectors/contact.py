"""What each contact with an outside system leaves on its connection: the last answer, or the last failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from apps.connectors import doors
from apps.connectors.models import Connection
from apps.connectors.ports.errors import AddressRefusedError, ConnectorError, HeldBackError, NotSetUpError

NOTED_EVERY = timedelta(minutes=1)


@contextmanager
def contact(
    connection: Connection, *, now: datetime, mark: str | None = None, door: str = "", by_hand: bool = False
) -> Iterator[None]:
    """Run calls to the other side. `mark` is how far polling has come once they succeed, `door` which credentials they need.

    Raises HeldBackError in place of a call where those were refused, unless a person asks by hand (`doors`).

    Written by update, not save: two workers may be in contact over one connection at once.
    """
    row = Connection.objects.filter(pk=connection.pk)
    try:
        with doors.through(connection, now=now, door=door, by_hand=by_hand):
            yield
    except (NotSetUpError, HeldBackError):  # there was no contact
        raise
    except AddressRefusedError:  # an answer: the address was refused, and not we
        _note_answer(row, now, None)
        raise
    except ConnectorError as failure:
        told = str(failure)[:200]
        row.update(last_failure=told, failed_at=now, failed_with=told)
        raise
    _note_answer(row, now, mark)


def _note_answer(row: "QuerySet[Connection]", now: datetime, mark: str | None) -> None:
    if mark is not None:
        row.update(last_answer_at=now, last_failure="", mark=mark[:200])
        return
    # Of a run of calls one a minute is noted: all workers would queue for this row otherwise.
    lately = Q(last_failure="", last_answer_at__gt=now - NOTED_EVERY, last_answer_at__lte=now)
    row.exclude(lately).update(last_answer_at=now, last_failure="")
