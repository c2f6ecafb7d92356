from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.ledger.models import Account, Entry, Leg, WriteOffReason
from apps.ledger.services.post_entries import NewEntry, NewLeg, PostResult, post_entries


@dataclass(frozen=True, slots=True)
class Undoing:
    """Which entry to undo, under which key of its own, and the segment that asks for it."""

    entry_id: int
    key: str
    segment: int | None = None


def reverse_entries(
    *,
    keys: Sequence[str],
    posted_on: date,
    now: datetime,
    transmission_id: int | None = None,
    segment: int | None = None,
) -> PostResult:
    """Undo each entry by one that negates its legs, key "reversal:<key>". A second time changes nothing.

    Raises Entry.DoesNotExist when a key was never posted.
    """
    with transaction.atomic():
        ids = dict(Entry.objects.filter(key__in=keys).values_list("key", "pk"))
        missing = [key for key in keys if key not in ids]
        if missing:
            raise Entry.DoesNotExist(f"No entry has the key {missing[0]}.")
        undo = [Undoing(ids[key], f"reversal:{key}", segment) for key in keys]
        return post_entries(reversing_entries(undo, posted_on=posted_on, transmission_id=transmission_id), now=now)


def reversing_entries(
    undo: Sequence[Undoing], *, posted_on: date, transmission_id: int | None = None
) -> list[NewEntry]:
    """The entries that undo others, one query for all, for a caller who posts them together with its own."""
    legs: dict[int, list[NewLeg]] = defaultdict(list)
    reasons: dict[int, WriteOffReason | None] = {}
    rows = Leg.objects.filter(entry_id__in=[item.entry_id for item in undo]).select_related("entry").order_by("pk")
    for leg in rows:
        # What undoes a write-off is counted under the same reason, so that the two are nothing together.
        reasons[leg.entry_id] = WriteOffReason(leg.entry.reason) if leg.entry.reason else None
        legs[leg.entry_id].append(
            NewLeg(Account(leg.account), -leg.amount, leg.patient_id, leg.charge_id, leg.payer_id)
        )
    return [
        NewEntry(
            Entry.Kind.REVERSAL,
            item.key,
            posted_on,
            tuple(legs[item.entry_id]),
            transmission_id,
            item.segment,
            item.entry_id,
            reasons.get(item.entry_id),
        )
        for item in undo
    ]
