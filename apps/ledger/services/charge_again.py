"""A charge leaves the receivables because it is not billed, and comes back when it is."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db.models import Count

from apps.core.clock import practice_date
from apps.ledger.models import Entry, Leg
from apps.ledger.services.post_charges import ChargePosting, charge_entry, charge_key
from apps.ledger.services.post_entries import PostResult, post_entries
from apps.ledger.services.reverse_entries import reverse_entries


def take_back_charges(charge_ids: Collection[int], *, now: datetime) -> PostResult:
    """What stands of these charges (keys of rows, none of 0.00) is reversed; a second time changes nothing.

    Raises Entry.DoesNotExist where one was never posted.
    """
    posted = Leg.objects.filter(charge__any_of=charge_ids, entry__kind=Entry.Kind.CHARGE)
    rows = list(posted.values_list("charge", "entry__key", "entry__reversed_by").order_by("entry").distinct())
    missing = set(charge_ids) - {charge for charge, *_ in rows}
    if missing:
        raise Entry.DoesNotExist(f"No entry has the key {charge_key(min(missing))}.")
    standing = list(dict.fromkeys(key for _, key, reversed_by in rows if reversed_by is None))
    return reverse_entries(keys=standing, posted_on=practice_date(now), now=now)


def charge_again(charge: ChargePosting, *, now: datetime) -> PostResult:
    """A charge that was taken back is owed again, under a key of its own. Not for one that stands: that would be owed twice.

    The caller holds the lock of what it bills. Raises ValueError where the charge stands. A charge of 0.00 posts nothing.
    """
    if not charge.amount:
        return PostResult()
    entries = Entry.objects.filter(
        kind=Entry.Kind.CHARGE, pk__in=Leg.objects.filter(charge=charge.charge_id).values("entry")
    )
    found = entries.aggregate(posted=Count("pk"), reversed=Count("reversed_by"))
    if found["posted"] != found["reversed"]:
        raise ValueError(f"{charge_key(charge.charge_id)} stands in the ledger already.")
    key = f"{charge_key(charge.charge_id)}:{found['posted'] + 1}"
    return post_entries([replace(charge_entry(charge, now), key=key)], now=now)
