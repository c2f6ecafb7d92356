"""Bring home what waits at the clearinghouse: stored byte for byte before anyone reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.claims.rules.file_kind import file_kind
from apps.connectors import journal, registry
from apps.connectors.models import Connection, Transmission

# The download folder keeps files for a while. What is older and turns up again is known by its content and stored once all the same.
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class FetchResult:
    files: int


def fetch_responses(*, connection: Connection, now: datetime) -> FetchResult:
    """New files into the journal, each as it comes: a line that breaks in the middle loses nothing. Raises ConnectorError."""
    known = set(
        Transmission.objects.filter(
            connection=connection, direction=Transmission.Direction.IN, at__gte=now - REMEMBERED
        ).values_list("name", flat=True)
    )
    files = 0
    for file in registry.clearinghouse(connection).new_files(known):
        kind = file_kind(file.payload)
        _, new = journal.receive(file.payload, kind=kind, now=now, connection=connection, name=file.name)
        files += new
    Connection.objects.filter(pk=connection.pk).update(last_answer_at=now, last_failure="")
    return FetchResult(files)
