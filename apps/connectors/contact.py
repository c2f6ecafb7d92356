"""What each contact with an outside system leaves on its connection: the last answer, or the last failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from apps.connectors.models import Connection
from apps.connectors.ports.errors import ConnectorError


@contextmanager
def contact(connection: Connection, *, now: datetime, mark: str | None = None) -> Iterator[None]:
    """Run calls to the other side. `mark` is how far polling has come once they succeed.

    Written by update, not save: two workers may be in contact over one connection at once.
    """
    row = Connection.objects.filter(pk=connection.pk)
    try:
        yield
    except ConnectorError as failure:
        row.update(last_failure=str(failure)[:200])
        raise
    row.update(last_answer_at=now, last_failure="", **({} if mark is None else {"mark": mark[:200]}))
