"""A reversal may arrive before what it takes back. It waits, and is done once that is posted (DOMAIN 4: either order)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from apps.remittances.models import RemittanceException
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.plans import PlannedReversal
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.services.replan import item_of, replan
from apps.remittances.services.settlements import mark_settled
from apps.remittances.services.write_claims import write_claims
from apps.x12.guides.x835 import RemittedClaim


def do_waiting_reversals(claim_ids: Collection[int], *, now: datetime) -> int:
    """For claims that were just posted, inside the caller's transaction; how many reversals were done."""
    waiting = (
        RemittanceException.objects.select_for_update(of=("self",))
        .filter(kind=Problem.REVERSAL, state=RemittanceException.State.OPEN, remitted_claim__claim__in=list(claim_ids))
        .select_related("remitted_claim__payment__file__transmission", "work_item")
        .order_by("pk")
    )
    return sum(_do(exception, now) for exception in waiting)


def _do(exception: RemittanceException, now: datetime) -> bool:
    row = exception.remitted_claim
    item = item_of(row) if row else None
    if row is None or not isinstance(item, RemittedClaim):
        return False
    planned = replan(row, item, billed_claims(Q(pk=row.claim_id))[0])
    if not isinstance(planned.plan, PlannedReversal):
        return False
    write_claims(row.payment, [planned], now=now)
    mark_settled(exception, note="What it takes back was posted since.", acting_user=None, now=now)
    return True
