"""Take in the charge files that an EHR has dropped since the last look."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from apps.connectors import journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.ehr import DroppedFile
from apps.connectors.ports.errors import ConnectorError, RefusedError
from apps.intake.models import ColumnMapping
from apps.intake.services.find_mapping import find_mapping
from apps.intake.services.import_charge_file import CSV, import_charge_file
from apps.intake.services.refused_charges import Refused, hand_over, unread_key


@dataclass(frozen=True, slots=True)
class DroppedFiles:
    """`new`: visits. `failure`: of the first connection whose files could not be looked at."""

    files: int = 0
    new: int = 0
    failure: ConnectorError | None = None


def import_dropped_files(*, now: datetime) -> DroppedFiles:
    """Of every enabled connection that drops files; `settings["mapping"]` names its ColumnMapping. A file that came before is passed over.

    One unreadable file does not hold up the next, nor one connection another. What could not be read, a file or its rows, is a
    person's work.
    """
    files = visits = 0
    failures: list[ConnectorError] = []
    for connection in Connection.objects.filter(kind=Connection.Kind.EHR, enabled=True).order_by("pk"):
        try:
            found = _new_files(connection, now)
        except ConnectorError as failure:
            failures.append(failure)
            continue
        _hand_over_unread(connection, [file for file in found if file.problem], now)
        for file in found:
            if not file.problem:
                visits += _import(connection, file, now)
                files += 1
    return DroppedFiles(files, visits, failures[0] if failures else None)


def _new_files(connection: Connection, now: datetime) -> list[DroppedFile]:
    """Those that cannot be read among them. Raises ConnectorError."""
    ehr = registry.ehr(connection, now=now)
    if not ehr.capabilities.drops_files:
        return []
    with contact(connection, now=now):
        return [file for file in ehr.charge_files() if file.problem or not _came_before(connection, file)]


def _came_before(connection: Connection, file: DroppedFile) -> bool:
    return Transmission.objects.filter(
        connection=connection, kind=CSV, vendor_key=journal.checksum(file.payload), state=Transmission.State.PROCESSED
    ).exists()


def _import(connection: Connection, file: DroppedFile, now: datetime) -> int:
    name = str(connection.settings.get("mapping", ""))
    mapping = _mapping(file, name)
    if mapping is None:
        problem = (
            f"The connection names the column mapping {name or '(none)'}, which is not saved. Save it, or name another."
        )
        _note(connection, f"{file.name}: {problem}")
        title = f"Give a charge file of {connection.name} its column mapping: it was not read"
        hand_over(connection, [Refused(unread_key(file.name, len(file.payload)), file.name, problem, title)], now=now)
        return 0
    try:
        imported = import_charge_file(
            payload=file.payload, name=file.name, mapping=mapping, now=now, connection=connection
        )
    except RefusedError as failure:
        _note(connection, f"{file.name}: {failure}")
        _hand_over_failed(connection, file, str(failure), now)
        return 0
    if imported.problems:
        _note(connection, f"{file.name}: {len(imported.problems)} of {imported.rows} rows were refused.")
    elif imported.perhaps:
        theirs, ours = next(iter(imported.perhaps.items()))
        _note(
            connection,
            f"{file.name}: the column {theirs} is not read. Is it {ours}? Rename it, or name it in the column mapping.",
        )
    return imported.new


def _mapping(file: DroppedFile, name: str) -> ColumnMapping | None:
    """A file without a header is read by the named one all the same: the reading keeps it and tells what is wrong."""
    with suppress(RefusedError, ColumnMapping.DoesNotExist):
        return find_mapping(file.payload, name=name) if name else None
    return ColumnMapping.objects.filter(name=name).first()


def _hand_over_failed(connection: Connection, file: DroppedFile, problem: str, now: datetime) -> None:
    kept = Transmission.objects.defer("payload").get(
        connection=connection, kind=CSV, vendor_key=journal.checksum(file.payload)
    )
    title = f"Look into a charge file of {connection.name}: it could not be read"
    hand_over(connection, [Refused(kept.public_id, file.name, problem, title, kept)], now=now)


def _hand_over_unread(connection: Connection, files: list[DroppedFile], now: datetime) -> None:
    """Too old or too large to be read. An old one that the journal holds, by name and size, was read in its time."""
    names = [file.name[:200] for file in files]
    kept = set(Transmission.objects.filter(kind=CSV, name__in=names).values_list("name", "size")) if files else set()
    title = f"Look into a charge file of {connection.name}: it was not read"
    unread = [
        Refused(unread_key(file.name, file.size), file.name, file.problem, title)
        for file in files
        if (file.name[:200], file.size) not in kept
    ]
    hand_over(connection, unread, now=now)


def _note(connection: Connection, problem: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(last_failure=problem[:200])
