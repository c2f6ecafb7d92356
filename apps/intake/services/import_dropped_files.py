"""Take in the charge files that an EHR has dropped since the last look."""

from dataclasses import dataclass
from datetime import datetime

from apps.connectors import journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.ehr import DroppedFile
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping
from apps.intake.services.import_charge_file import CSV, import_charge_file


@dataclass(frozen=True, slots=True)
class DroppedFiles:
    files: int = 0
    new: int = 0  # visits


def import_dropped_files(*, now: datetime) -> DroppedFiles:
    """Of every enabled connection that drops files; `settings["mapping"]` names its ColumnMapping. A file that came before is passed over.

    One unreadable file does not hold up the next: the connection remembers the failure, and which rows a file lost.
    """
    files = visits = 0
    for connection in Connection.objects.filter(kind=Connection.Kind.EHR, enabled=True).order_by("pk"):
        ehr = registry.ehr(connection, now=now)
        if not ehr.capabilities.drops_files:
            continue
        with contact(connection, now=now):
            waiting = [file for file in ehr.charge_files() if not _came_before(connection, file)]
        for file in waiting:
            visits += _import(connection, file, now)
            files += 1
    return DroppedFiles(files, visits)


def _came_before(connection: Connection, file: DroppedFile) -> bool:
    return Transmission.objects.filter(
        connection=connection, kind=CSV, vendor_key=journal.checksum(file.payload), state=Transmission.State.PROCESSED
    ).exists()


def _import(connection: Connection, file: DroppedFile, now: datetime) -> int:
    mapping = ColumnMapping.objects.get(name=connection.settings["mapping"])
    try:
        imported = import_charge_file(
            payload=file.payload, name=file.name, mapping=mapping, now=now, connection=connection
        )
    except RefusedError as failure:
        _note(connection, f"{file.name}: {failure}")
        return 0
    if imported.problems:
        _note(connection, f"{file.name}: {len(imported.problems)} of {imported.rows} rows were refused.")
    return imported.new


def _note(connection: Connection, problem: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(last_failure=problem[:200])
