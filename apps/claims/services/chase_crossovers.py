"""Claims that a payer says it has passed on, and of which the next payer is silent: a person asks, then they are billed (DOMAIN 1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim, ClaimEvent
from apps.claims.selectors.further_payers import CROSSOVER_FOUND_OUT_WITHIN, crossovers_overdue, next_payer_names
from apps.claims.services.lock_claims import lock_claims
from apps.core.clock import practice_date
from apps.worklist.models import WorkItem

CROSSOVER_KIND = "crossover_chase"


@dataclass(frozen=True, slots=True)
class CrossoversResult:
    """Claims that became work. `more`: the limit was reached and claims may be left."""

    claims: int
    more: bool


@transaction.atomic
def chase_crossovers(*, now: datetime, limit: int = 500) -> CrossoversResult:
    """Open work for claims that were passed on 30 days ago or more without another payer's answer; once for each.

    A claim whose next payer stays silent for ten days more is billed by `build_secondaries`.
    """
    late = crossovers_overdue(practice_date(now))
    locked = lock_claims(Claim.objects.filter(pk__in=late.values("pk")), skip_locked=True)
    taken = list(locked.values_list("pk", flat=True)[:limit])
    claims = list(late.filter(pk__in=taken).select_related("payer").order_by("pk"))
    names = next_payer_names([claim.pk for claim in claims])
    items = WorkItem.objects.bulk_create([_work(claim, names.get(claim.pk, ""), now) for claim in claims])
    for claim, item in zip(claims, items, strict=True):
        claim.work_item, claim.bill_crossover_from = item, now + CROSSOVER_FOUND_OUT_WITHIN
    Claim.objects.bulk_update(claims, ["work_item", "bill_crossover_from"], batch_size=500)
    ClaimEvent.objects.bulk_create(
        [ClaimEvent(claim=claim, at=now, what=_event(claim, names.get(claim.pk, ""))) for claim in claims]
    )
    return CrossoversResult(len(claims), len(taken) == limit)


def _event(claim: Claim, next_payer: str) -> str:
    if not next_payer:
        return f"{claim.payer.name} passed it on 30 days ago, and nobody answered. No next payer is on file."
    days = CROSSOVER_FOUND_OUT_WITHIN.days
    return f"Passed on 30 days ago, and {next_payer} is silent. It is billed there in {days} days if it stays so."


def _work(claim: Claim, next_payer: str, now: datetime) -> WorkItem:
    if next_payer:
        title = f"Ask {next_payer} about claim {claim.control_number}: {claim.payer.name} passed it on, no answer in 30 days"
    else:
        title = f"Find out to whom {claim.payer.name} passed on claim {claim.control_number}: no second plan is on file"
    return WorkItem(
        kind=CROSSOVER_KIND,
        title=title[:200],
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:claim",
        subject_public_id=claim.public_id,
        opened_at=now,
        due_on=practice_date(now + CROSSOVER_FOUND_OUT_WITHIN),
        amount_at_stake=claim.total,
    )
