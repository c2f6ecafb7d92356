"""Ready claims into files: numbered, judged and stored before anything is sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from apps.claims.encode.claims import ControlNumbers, TradingIds, write_claims
from apps.claims.encode.guide import Issues, attribute, billing_of, guide_issues
from apps.claims.encode.judge import UNREADABLE, judge
from apps.claims.models import Batch, BatchClaim, Claim
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import GUIDE
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors.news import overtaken
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services.batch_events import tell_batch
from apps.claims.services.follow_directory import follow_directory
from apps.claims.services.follow_patients import follow_patients
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.connectors.registry import connection_of
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.x12 import WriteError
from apps.x12.guides.x837p import MOST_CLAIMS

# Waystar routes an upload by its extension, and no other dot may stand in the name (CONNECTORS 3). A connection may name another.
DEFAULT_SUFFIX = ".CLP"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Claims batched, public ids of the batches that wait to be sent, and claims that the guide's check took out."""

    claims: int
    batches: tuple[str, ...]
    held: int


def batch_claims(*, now: datetime) -> BatchResult:
    """All ready claims, at most 5,000 to a file; one of which something was told since its scrub, or whose
    payer cannot be reached any more, is scrubbed again first.

    Raises NoConnectionError without a clearinghouse.
    """
    ready = Claim.objects.filter(status=ClaimStatus.READY)
    if not ready.exists() or (follow_patients(now=now) and not ready.exists()):
        return BatchResult(0, (), 0)
    connection = connection_of(Connection.Kind.CLEARINGHOUSE)
    batches: list[Batch] = []
    held = 0
    while True:
        taken, batch, refused = _next_file(connection, now)
        held += refused
        if batch is not None:
            batches.append(batch)
        if taken < MOST_CLAIMS:
            claims = sum(each.claim_count for each in batches)
            return BatchResult(claims, tuple(each.public_id for each in batches), held)


@dataclass(frozen=True, slots=True)
class _File:
    """What may go, as bytes with its numbers (empty: nothing may), and what was taken out, with the reasons."""

    views: dict[int, ClaimView]
    refused: Issues
    payload: bytes = b""
    numbers: ControlNumbers | None = None


@transaction.atomic
def _next_file(connection: Connection, now: datetime) -> tuple[int, Batch | None, int]:
    """One file is one transaction. How many claims were looked at, the batch, and how many claims were taken out."""
    follow_directory(now=now)
    ready = lock_claims(Claim.objects.filter(status=ClaimStatus.READY).exclude(overtaken()), skip_locked=True)
    taken = list(ready.values_list("pk", flat=True)[:MOST_CLAIMS])
    file = _judged_file(snapshots(taken, today=practice_date(now)), connection, now)
    hold_claims([_taken_out(key, issues) for key, issues in file.refused.items()], now=now)
    batch = _store(file, file.numbers, connection, now) if file.numbers else None
    return len(taken), batch, len(file.refused)


def _judged_file(views: dict[int, ClaimView], connection: Connection, now: datetime) -> _File:
    """The file as it will leave, sound in pyx12's reading. Claims that are not are taken out and the rest is written anew."""
    refused: Issues = {}
    while views:
        numbers = _take_numbers()
        try:
            billing = billing_of(views)
            payload = write_claims(
                views.values(), billing, TradingIds.of(connection.settings, billing), numbers, now=now
            )
        except WriteError:
            found = guide_issues(views, now=now)
        else:
            complaints = judge(payload)
            if not complaints:
                return _File(views, refused, payload, numbers)
            found = guide_issues(views, now=now) if UNREADABLE in complaints else attribute(payload, complaints, views)
        if not found:
            raise WriteError("The file cannot be written, and no claim of it can be named as the cause.")
        refused |= found
        views = {key: view for key, view in views.items() if key not in found}
    return _File(views, refused)


def _take_numbers() -> ControlNumbers:
    """From the database's sequences: a number is used up even if what follows fails, so none can ever stand on two files. A file holds
    one group, which bears the file's own number, as an inquiry's does.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_interchange_number'), nextval('claims_transaction_number')")
        interchange, number = cursor.fetchone()
    return ControlNumbers(interchange, interchange, number, f"TL{number:09d}")


def _taken_out(key: int, issues: list[Issue]) -> Hold:
    found = tuple(Found(GUIDE, issue) for issue in issues)
    return Hold(key, ClaimStatus.EXCEPTION, "Taken out of the batch: the guide's check refuses it.", found)


def _store(file: _File, numbers: ControlNumbers, connection: Connection, now: datetime) -> Batch:
    control_number = f"{numbers.interchange:09d}"
    transmission = journal.prepare(
        file.payload,
        kind="837P",
        name=f"TL{control_number}{connection.settings.get('claims_suffix', DEFAULT_SUFFIX)}",
        control_number=control_number,
        connection=connection,
        now=now,
    )
    batch = Batch.objects.create(
        connection=connection,
        transmission=transmission,
        interchange_number=numbers.interchange,
        group_number=numbers.group,
        transaction_number=f"{numbers.transaction:04d}",
        reference=numbers.reference,
        claim_count=len(file.views),
        total=sum((view.total for view in file.views.values()), ZERO),
        created_at=now,
    )
    BatchClaim.objects.bulk_create([BatchClaim(batch=batch, claim_id=key) for key in file.views], batch_size=1000)
    _move(file.views, batch, transmission, now)
    tell_batch(batch.pk, "Written, found sound by the guide's check, and stored.", now=now)
    return batch


def _move(claim_ids: Collection[int], batch: Batch, transmission: Transmission, now: datetime) -> None:
    what = f"Written into file {transmission.name} ({batch.reference})."
    moves = [Move(key, ClaimStatus.BATCHED, what, transmission.pk) for key in claim_ids]
    apply_moves(moves, now=now)
