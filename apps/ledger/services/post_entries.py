"""Post balanced entries, each once by its key, any number of them in two statements a chunk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, WriteOffReason

CHUNK = 5000


class UnbalancedEntryError(ValueError):
    """An entry that no ledger can take: its legs do not sum to zero, or it moves nothing. The message names its key."""


@dataclass(frozen=True, slots=True)
class NewLeg:
    """Dollars, debit positive. `patient_id`, `charge_id` and `payer_id` are keys of rows."""

    account: Account
    amount: Decimal
    patient_id: int | None = None
    charge_id: int | None = None
    payer_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """`key` names the cause ("charge:17"), so that the same cause is never posted twice. Legs of 0.00 are left out."""

    kind: Entry.Kind
    key: str
    posted_on: date
    legs: tuple[NewLeg, ...]
    transmission_id: int | None = None
    segment: int | None = None
    reverses_id: int | None = None
    reason: WriteOffReason | None = None

    @property
    def moving_legs(self) -> tuple[NewLeg, ...]:
        return tuple(leg for leg in self.legs if leg.amount)


@dataclass(frozen=True, slots=True)
class PostResult:
    """Keys to the rows' ids: what this call posted, and what had been posted before and was left alone."""

    posted: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)

    def entry_id(self, key: str) -> int:
        return self.posted[key] if key in self.posted else self.skipped[key]


def post_entries(entries: Sequence[NewEntry], *, now: datetime) -> PostResult:
    """Idempotent: an entry whose key exists is skipped and reported. All or nothing.

    Raises UnbalancedEntryError, and ValueError for a key that stands twice in `entries`.
    """
    legs = _sound_legs(entries)
    posted: dict[str, int] = {}
    with transaction.atomic():
        for start in range(0, len(entries), CHUNK):
            chunk = entries[start : start + CHUNK]
            fresh = _insert_entries(chunk, now)
            _copy_legs([(entry_id, legs[key]) for key, entry_id in fresh.items()])
            posted.update(fresh)
        missing = [entry.key for entry in entries if entry.key not in posted]
        skipped = dict(Entry.objects.filter(key__in=missing).values_list("key", "pk")) if missing else {}
    return PostResult(posted, skipped)


def _sound_legs(entries: Sequence[NewEntry]) -> dict[str, tuple[NewLeg, ...]]:
    """By key, the legs that move anything."""
    legs: dict[str, tuple[NewLeg, ...]] = {}
    for entry in entries:
        if entry.key in legs:
            raise ValueError(f"The key {entry.key} stands twice in one call.")
        legs[entry.key] = entry.moving_legs
        if not legs[entry.key]:
            raise UnbalancedEntryError(f"Entry {entry.key} moves nothing.")
        rest = sum([leg.amount for leg in entry.legs], ZERO)
        if rest:
            raise UnbalancedEntryError(f"The legs of entry {entry.key} sum to {rest}, not to zero.")
    return legs


def _insert_entries(entries: Sequence[NewEntry], now: datetime) -> dict[str, int]:
    """Two workers may post one cause at the same moment: the second waits here and then inserts nothing."""
    statement = """
        INSERT INTO ledger_entry (kind, key, posted_on, created_at, transmission_id, segment, reverses_id, reason)
        SELECT kind, key, posted_on, %s, transmission_id, segment, reverses_id, reason
        FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[], %s::int[], %s::bigint[], %s::text[])
            AS fresh (kind, key, posted_on, transmission_id, segment, reverses_id, reason)
        ON CONFLICT (key) DO NOTHING
        RETURNING key, id
    """
    columns: list[list[Any]] = [
        [str(entry.kind) for entry in entries],
        [entry.key for entry in entries],
        [entry.posted_on for entry in entries],
        [entry.transmission_id for entry in entries],
        [entry.segment for entry in entries],
        [entry.reverses_id for entry in entries],
        [entry.reason.value if entry.reason else "" for entry in entries],
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, *columns])
        return dict(cursor.fetchall())


def _copy_legs(entries: Sequence[tuple[int, tuple[NewLeg, ...]]]) -> None:
    """Entry by entry: the database checks an entry once for as many of its legs as follow each other."""
    if not entries:
        return
    statement = "COPY ledger_leg (entry_id, account, amount, patient_id, charge_id, payer_id) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for entry_id, legs in entries:
            for leg in legs:
                copy.write_row((entry_id, leg.account.value, leg.amount, leg.patient_id, leg.charge_id, leg.payer_id))
