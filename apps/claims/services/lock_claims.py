"""Claims are locked here, and here stands the order of all locks of this room.

First claims, in the order of their keys; then batches, places in them and findings; then transmissions, connections and work items.
A transaction takes every claim that it will need before it locks or writes anything else, so that no two wait for each other. Posting
(remittances) and patient balances begin with the claims in the same order. Only the answer file that is being read is locked before
its claims: whoever else wants it walks on.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from apps.claims.models import Claim

if TYPE_CHECKING:
    from django.db.models import QuerySet


def lock_claims(rows: "QuerySet[Claim]", *, skip_locked: bool = False) -> "QuerySet[Claim]":
    """`rows`, locked when they are read. Rows that merely point at a claim may be written by others meanwhile (no key)."""
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked).order_by("pk")


def lock_with_visits(claim_ids: Collection[int]) -> set[int]:
    """Locks these claims with all others of their visits, as whoever posts does; which of them are ours. What another worker holds is left
    to it.
    """
    visits = Claim.objects.filter(pk__in=claim_ids).values("encounter")
    locked = lock_claims(Claim.objects.filter(encounter__in=visits), skip_locked=True)
    return set(locked.values_list("pk", flat=True)).intersection(claim_ids)
