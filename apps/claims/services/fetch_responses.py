"""Bring home what waits at the clearinghouse: stored byte for byte before anyone reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from apps.claims.rules.file_kind import file_kind
from apps.claims.services.unread_answers import ACKNOWLEDGEMENTS, REMITTANCE, fetched_files, hand_over_unread
from apps.connectors import journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection

# The download folder keeps files for a while. What is older and turns up again is known by its content and stored once all the same.
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How many new files came, and whether acknowledgements and remittances are among them."""

    files: int
    acknowledgements: bool
    remittances: bool


def fetch_responses(*, connection: Connection, now: datetime) -> FetchResult:
    """New files into the journal, each as it comes: a line that breaks in the middle loses nothing.

    What no step reads is handed to a person. A file that could not be brought is named as the connection's failure until it is gone.
    Raises ConnectorError, remembered there too.
    """
    problems: list[str] = []
    try:
        kinds = _bring(connection, problems, now)
    finally:
        hand_over_unread(connection=connection, now=now)
    if problems:
        Connection.objects.filter(pk=connection.pk).update(last_failure=problems[0][:200])
    return FetchResult(
        files=len(kinds),
        acknowledgements=any(kind in ACKNOWLEDGEMENTS for kind in kinds),
        remittances=REMITTANCE in kinds,
    )


def _bring(connection: Connection, problems: list[str], now: datetime) -> list[str]:
    """The kinds of the files that are new."""
    kinds: list[str] = []
    with contact(connection, now=now):
        for file in registry.clearinghouse(connection).new_files(_known(connection, now)):
            if file.problem:
                problems.append(file.problem)
                continue
            kind = file_kind(file.payload)
            _, new = journal.receive(file.payload, kind=kind, now=now, connection=connection, name=file.name)
            if new:
                kinds.append(kind)
    return kinds


def _known(connection: Connection, now: datetime) -> dict[tuple[str, int], datetime]:
    """By name and size, when it last came: a name may be used again, and a file that grows is a new one."""
    came = fetched_files(connection).filter(at__gte=now - REMEMBERED)
    rows = came.values("name", "size").annotate(last=Max("at")).order_by()
    return {(name, size): last for name, size, last in rows.values_list("name", "size", "last")}
