"""A CLP that names its claim by the payer's number alone may arrive before the answer that tells us whose number that is."""

from collections.abc import Collection
from datetime import datetime

from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.remittances.selectors.situations import match_claims
from apps.remittances.services.post_claims import Matched, plan_chunk
from apps.remittances.services.replan import item_of
from apps.remittances.services.settlements import mark_settled
from apps.remittances.services.write_claims import write_claims
from apps.x12.guides import x835


def match_waiting(claim_ids: Collection[int], *, now: datetime) -> int:
    """For claims of which answers were just posted, inside the caller's transaction; how many that waited have found theirs."""
    told = RemittedClaim.objects.filter(claim__any_of=list(claim_ids)).exclude(payer_claim_number="")
    waiting = (
        RemittanceException.objects.select_for_update(of=("self",))
        .filter(
            kind=Problem.UNMATCHED,
            state=RemittanceException.State.OPEN,
            remitted_claim__payer_claim_number__in=told.values("payer_claim_number"),
        )
        .select_related("remitted_claim__payment__file__transmission", "work_item")
        .order_by("pk")
    )
    return sum(_post(exception, now) for exception in waiting)


def _post(exception: RemittanceException, now: datetime) -> bool:
    row = exception.remitted_claim
    item = item_of(row) if row else None
    if row is None or not isinstance(item, x835.RemittedClaim):
        return False
    (billed,) = match_claims([item])
    if billed is None:
        return False
    mark_settled(exception, note="An answer since told whose number the payer names.", acting_user=None, now=now)
    write_claims(row.payment, plan_chunk(row.payment, [Matched(row.number, item, billed, row)]), now=now)
    return True
