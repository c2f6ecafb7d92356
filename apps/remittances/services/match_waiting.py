"""A CLP that names its claim by the payer's number alone may arrive before the answer that tells us whose number that is."""

from collections.abc import Collection, Sequence
from datetime import datetime

from apps.connectors.payloads import opened
from apps.remittances.models import RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.remittances.selectors.situations import match_claims
from apps.remittances.services.post_claims import CHUNK, Matched, plan_chunk
from apps.remittances.services.read_file import claims_at
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
    of_payment: dict[RemittancePayment, list[tuple[RemittanceException, RemittedClaim]]] = {}
    for exception in waiting:
        if row := exception.remitted_claim:
            of_payment.setdefault(row.payment, []).append((exception, row))
    return sum(_post(payment, held, now) for payment, held in of_payment.items())


def _post(payment: RemittancePayment, held: Sequence[tuple[RemittanceException, RemittedClaim]], now: datetime) -> int:
    """Those of one payment, whose file is read once."""
    said = claims_at(opened(payment.file.transmission), {row.segment for _, row in held})
    readable = [
        (exception, row, item)
        for exception, row in held
        if isinstance(item := said.get(row.segment), x835.RemittedClaim)
    ]
    matched: list[Matched] = []
    billed = match_claims([item for _, _, item in readable])
    for (exception, row, item), claim in zip(readable, billed, strict=True):
        if claim is not None:
            mark_settled(
                exception, note="An answer since told whose number the payer names.", acting_user=None, now=now
            )
            matched.append(Matched(row.number, item, claim, row))
    for start in range(0, len(matched), CHUNK):
        write_claims(payment, plan_chunk(payment, matched[start : start + CHUNK]), now=now)
    return len(matched)
