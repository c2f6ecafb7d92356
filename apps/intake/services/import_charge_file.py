"""Take in a file of charges: stored byte for byte, read by its saved mapping, each visit once."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from apps.audit.trail import record
from apps.connectors import journal, registry
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.charge_files import FileLayout, RowProblem
from apps.connectors.ports.errors import RefusedError
from apps.core.clock import practice_date
from apps.core.column_names import like_ours
from apps.core.jobs import expect
from apps.core.models import User
from apps.intake.models import ChargeFile, ColumnMapping, Encounter
from apps.intake.services.lock_source import lock_source
from apps.intake.services.receive_encounters import ReceivedEncounters, receive_encounters
from apps.intake.services.refused_charges import Refused, hand_over, unread_key, withdraw_what_came_in

logger = logging.getLogger(__name__)
CSV = "csv"  # the journal's kind of a charge file


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file brought. `repeated`: the same bytes came before, under whatever name. `unread`: its columns that its mapping does not
    name; `perhaps`: each of ours that none is read as, by the unread column that looks like it.
    """

    transmission: str
    rows: int
    received: ReceivedEncounters
    problems: tuple[RowProblem, ...]
    repeated: bool
    unread: tuple[str, ...] = ()
    perhaps: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> int:
        return self.received.new

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "refused_rows": len(self.problems),
            "visits": self.received.new,
            "known_visits": self.received.known,
            "changed_visits": self.received.changed,
            "refused_visits": len(self.received.refused),
        }


def import_charge_file(
    *,
    payload: bytes,
    name: str,
    mapping: ColumnMapping,
    now: datetime,
    acting_user: User | None = None,
    connection: Connection | None = None,
    job_id: int | None = None,
) -> ImportedFile:
    """Rows that cannot be read are named by line and reason, the others come in; reading a file again adds nothing.

    A file that is read again after its mapping was mended brings what was refused before. Raises RefusedError where the file as a
    whole cannot be read (it stays in the journal as failed), and where another mapping has read it.
    """
    kept, fresh = journal.receive(
        payload, kind=CSV, name=name[:200], vendor_key=journal.checksum(payload), now=now, connection=connection
    )
    _refuse_other_mapping(kept, mapping)
    layout = FileLayout(mapping.columns, mapping.payers, mapping.date_format)
    with _failing_told(kept, now):
        content = registry.charge_file_reader().read_charges(payload, layout, today=practice_date(now))
    _bind(kept, mapping)
    if job_id:
        expect(job_id, len(content.encounters))
    with _failing_told(kept, now):
        received = receive_encounters(
            source=f"csv:{mapping.name}"[:40],
            encounters=content.encounters,
            patients=content.patients,
            providers=content.providers,
            arrived_by=Encounter.Path.FILE,
            now=now,
            transmission=kept,
            job_id=job_id,
        )
    imported = ImportedFile(
        kept.public_id,
        content.rows,
        received,
        content.problems,
        repeated=not fresh,
        unread=content.unread,
        perhaps=_perhaps(content.unread, mapping),
    )
    _remember(imported, kept, acting_user=acting_user, now=now)
    return imported


def _perhaps(unread: Iterable[str], mapping: ColumnMapping) -> dict[str, str]:
    ours = [name for name in registry.charge_file_reader().standard_columns if name not in mapping.columns]
    return {name: meant for name in unread if (meant := like_ours(name, ours))}


@contextmanager
def _failing_told(kept: Transmission, now: datetime) -> Iterator[None]:
    """Whatever fails is this file's alone, and is told of it; a database that is gone is not the file's fault."""
    try:
        yield
    except RefusedError as failure:
        _settle(kept, Transmission.State.FAILED, now, str(failure))
        raise
    except (InterfaceError, OperationalError):
        raise
    except Exception as failure:
        logger.exception("Charge file %s could not be read.", kept.public_id)
        problem = (
            f"Reading it failed with {type(failure).__name__}. Look for unusual signs in the file, export it anew, or report it to the "
            "makers. No other file waits for it."
        )
        _settle(kept, Transmission.State.FAILED, now, problem)
        raise RefusedError(problem) from failure


@transaction.atomic
def _bind(kept: Transmission, mapping: ColumnMapping) -> None:
    """The file is this mapping's before its first visit comes in: a crash in the middle leaves it so.

    One reader of the same bytes at a time, or two mappings could each find that none has read them.
    """
    lock_source(f"file {kept.checksum}")
    _refuse_other_mapping(kept, mapping)
    ChargeFile.objects.get_or_create(transmission=kept, defaults={"mapping": mapping})


def _refuse_other_mapping(kept: Transmission, mapping: ColumnMapping) -> None:
    """Under another name the same visits would be other visits, and billed again. The bytes decide, whichever way they came."""
    same = ChargeFile.objects.filter(transmission__kind=CSV, transmission__checksum=kept.checksum)
    before = same.exclude(mapping=mapping).select_related("mapping").first()
    if before:
        raise RefusedError(
            f"This file was read by the mapping {before.mapping.name} before. Read it by that one, or every visit is billed twice."
        )


@transaction.atomic
def _remember(
    imported: ImportedFile,
    kept: Transmission,
    *,
    acting_user: User | None,
    now: datetime,
) -> None:
    """A reading that adds nothing leaves what the first one told, unless that one was cut off before it told anything."""
    told = ChargeFile.objects.filter(transmission=kept)
    if not imported.new:
        told = told.filter(counts={})
    told.update(counts=imported.counts, problems=_problems(imported))
    _settle(kept, Transmission.State.PROCESSED, now)
    if kept.connection:
        _hand_over(imported, kept, kept.connection, now)
    if acting_user:
        record(
            "import_charge_file",
            acting_user=acting_user,
            now=now,
            subject_kind="transmission",
            subject_public_id=kept.public_id,
            rows=imported.rows,
            refused_rows=len(imported.problems),
            visits=imported.new,
        )


def _problems(imported: ImportedFile) -> list[dict[str, object]]:
    visits: list[dict[str, object]] = [
        {"visit": each.source_id, "reason": each.reason} for each in imported.received.refused
    ]
    return [asdict(problem) for problem in imported.problems] + visits


def _hand_over(imported: ImportedFile, kept: Transmission, connection: Connection, now: datetime) -> None:
    """Nobody looks on where a file came by itself: what it lost is a person's work, in the transaction that ends its reading."""
    rows, visits = len(imported.problems), len(imported.received.refused)
    if not rows and not visits:
        withdraw_what_came_in(connection, [kept.public_id, unread_key(kept.name, kept.size)], now=now)
        return
    lost = f"{rows} of {imported.rows} rows" if rows else f"{visits} visits"
    title = f"Mend a charge file of {connection.name}: {lost} were refused"
    hand_over(connection, [Refused(kept.public_id, kept.name, f"{lost} were refused.", title, kept)], now=now)


def _settle(kept: Transmission, state: Transmission.State, now: datetime, problem: str = "") -> None:
    Transmission.objects.filter(pk=kept.pk).update(state=state, settled_at=now, problem=problem[:300])
