"""Claims whose payer took its answer back and gave no other: a person asks, before what is owed on them is forgotten."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from apps.claims.models import Claim, ClaimEvent
from apps.claims.rules.registry import VOID
from apps.claims.selectors.answer_times import LEFT_TO_DECIDE, usual_time_over
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account
from apps.ledger.selectors import receivable_now
from apps.worklist.models import WorkItem

TAKEN_BACK_KIND = "taken_back_chase"
FOUND_OUT_WITHIN = timedelta(days=10)


def chase_taken_back(limit: int, *, now: datetime) -> tuple[int, bool]:
    """Open work for reversed claims of whose visit a payer still owes, up to `limit`, when the payer's usual time has passed: once for each
    time that an answer was taken back. How many, and whether the limit was reached.
    """
    silent = _silent(now)
    payers = set(silent.values_list("payer", flat=True).order_by().distinct())
    late = silent.filter(usual_time_over(payers, payer="payer", since="taken_back_at", now=now))
    locked = lock_claims(Claim.objects.filter(pk__in=late.values("pk")), skip_locked=True)
    taken = list(locked.values_list("pk", flat=True)[:limit])
    claims = list(late.filter(pk__in=taken).select_related("payer").order_by("pk"))
    items = WorkItem.objects.bulk_create([_work(claim, claim.owed, now) for claim in claims])
    for claim, item in zip(claims, items, strict=True):
        claim.work_item = item
    Claim.objects.bulk_update(claims, ["work_item"], batch_size=500)
    what = "No other answer came in the payer's usual time: a person is asked to find out."
    ClaimEvent.objects.bulk_create([ClaimEvent(claim=claim, at=now, what=what) for claim in claims])
    return len(claims), len(taken) == limit


def _silent(now: datetime) -> "QuerySet[Any, Any]":
    """With `taken_back_at` and `owed`, dollars. Not those that are somebody's work, nor those about which somebody asked since."""
    taken_back = ClaimEvent.objects.filter(claim=OuterRef("pk"), new_status=ClaimStatus.REVERSED).order_by("-at", "-pk")
    asked = WorkItem.objects.filter(
        kind=TAKEN_BACK_KIND, subject_public_id=OuterRef("public_id"), opened_at__gte=OuterRef("taken_back_at")
    )
    reversed_ones = Claim.objects.filter(status=ClaimStatus.REVERSED).exclude(work_item__state=WorkItem.State.OPEN)
    return reversed_ones.annotate(
        owed=receivable_now(Account.INSURANCE_RECEIVABLE), taken_back_at=Subquery(taken_back.values("at")[:1])
    ).filter(~Exists(asked), owed__gt=ZERO, taken_back_at__lte=now - LEFT_TO_DECIDE)


def _work(claim: Claim, owed: Decimal, now: datetime) -> WorkItem:
    asked_back = ", as our void asked" if claim.frequency == VOID else ""
    return WorkItem(
        kind=TAKEN_BACK_KIND,
        title=f"Ask {claim.payer.name} about claim {claim.control_number}: answer taken back{asked_back}, no other came"[
            :200
        ],
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:claim",
        subject_public_id=claim.public_id,
        opened_at=now,
        due_on=practice_date(now + FOUND_OUT_WITHIN),
        amount_at_stake=owed,
    )
