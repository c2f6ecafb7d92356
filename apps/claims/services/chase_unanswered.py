"""Claims that were sent and of which nobody has heard: a person asks, before the filing limit passes unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.claims.models import BatchClaim, Claim, ClaimEvent
from apps.claims.selectors.answer_times import LEFT_TO_DECIDE, chase_after, usual_time_over
from apps.claims.services.chase_taken_back import chase_taken_back
from apps.claims.services.lock_claims import lock_claims
from apps.core.clock import practice_date
from apps.worklist.models import WorkItem

CHASE_KIND = "claim_chase"
INVESTIGATED_BY = timedelta(days=10)
_HALFWAY = (BatchClaim.Answer.ACKNOWLEDGED, BatchClaim.Answer.PASSED_ON)


@dataclass(frozen=True, slots=True)
class ChaseResult:
    """Claims that became work. `more`: the limit was reached and claims may be left."""

    claims: int
    more: bool


@transaction.atomic
def chase_unanswered(*, now: datetime, limit: int = 500) -> ChaseResult:
    """Open work for claims without their next answer after three days, or as many as the practice sets, up to `limit`: once for each
    sending (DOMAIN 1), and again where its payer's usual time has passed without a remittance and nobody is asked to find out; and for
    those whose payer took its answer back and gave no other.

    A payer that sends no 277CA owes none: its remittance proves acceptance, so only the file's own acknowledgement is missed.
    """
    unanswered = Q(answer=BatchClaim.Answer.NONE) | Q(answer__in=_HALFWAY, claim__payer__sends_277ca=True)
    sent = BatchClaim.objects.filter(in_flight=True)
    silent = sent.filter(unanswered, chased_at=None, batch__sent_at__lte=now - chase_after())
    chased, more = _chase_up_to(limit, silent, "no answer", now)
    late, more_late = _chase_up_to(limit, _undecided(sent, now), "no remittance", now)
    taken_back, more_back = chase_taken_back(limit, now=now)
    return ChaseResult(chased + late + taken_back, more or more_late or more_back)


def _chase_up_to(limit: int, late: "QuerySet[BatchClaim]", why: str, now: datetime) -> tuple[int, bool]:
    """How many became work, and whether the limit was reached."""
    claims = lock_claims(Claim.objects.filter(pk__in=late.values("claim")), skip_locked=True)
    taken = list(claims.values_list("pk", flat=True)[:limit])
    places = late.filter(claim__in=taken).select_related("claim__payer", "batch").order_by("claim_id")
    return _open_work(list(places), why, now), len(taken) == limit


def _undecided(sent: "QuerySet[BatchClaim]", now: datetime) -> "QuerySet[BatchClaim]":
    """Sent longer ago than their payers usually take, whatever was acknowledged since; not those that are somebody's work now, nor
    those that were lately.
    """
    old = sent.filter(batch__sent_at__lte=now - LEFT_TO_DECIDE).filter(
        Q(chased_at=None) | Q(chased_at__lte=now - LEFT_TO_DECIDE)
    )
    old = old.exclude(claim__work_item__state=WorkItem.State.OPEN)
    payers = set(old.values_list("claim__payer", flat=True).order_by().distinct())
    return old.filter(usual_time_over(payers, payer="claim__payer", since="batch__sent_at", now=now))


def chase(places: Sequence[BatchClaim], *, why: str, now: datetime) -> int:
    """Ask a person to find out what became of these claims; once for each sending. How many are new."""
    return _open_work([place for place in places if place.chased_at is None], why, now)


def _open_work(fresh: Sequence[BatchClaim], why: str, now: datetime) -> int:
    items = WorkItem.objects.bulk_create([_work(place, why, now) for place in fresh])
    for place, item in zip(fresh, items, strict=True):
        place.claim.work_item = item
    claims = [place.claim for place in fresh]
    Claim.objects.bulk_update(claims, ["work_item"], batch_size=500)
    ClaimEvent.objects.bulk_create(
        [ClaimEvent(claim=claim, at=now, what=f"A person is asked to call the payer: {why}.") for claim in claims]
    )
    BatchClaim.objects.filter(pk__in=[place.pk for place in fresh]).update(chased_at=now)
    return len(fresh)


def _work(place: BatchClaim, why: str, now: datetime) -> WorkItem:
    claim, sent_at = place.claim, place.batch.sent_at or now
    since = f"{sent_at:%b} {sent_at.day}"
    return WorkItem(
        kind=CHASE_KIND,
        title=f"Ask {claim.payer.name} about claim {claim.control_number}: {why} since {since}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:claim",
        subject_public_id=claim.public_id,
        opened_at=now,
        due_on=practice_date(max(sent_at + INVESTIGATED_BY, now)),
        amount_at_stake=claim.total,
    )
