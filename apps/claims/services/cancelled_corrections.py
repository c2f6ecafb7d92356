"""A correction was cancelled after its file had been counted as lost, and the payer has it after all: it is pending again.

What was sent cannot be changed here. The claim says what it said before the correction; nothing else of it leaves until the payer has
answered, and a person is asked to see to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Max

from apps.claims.models import Adjudication, Batch, BatchClaim, Claim, Correction
from apps.claims.rules.correction_routes import CORRECTABLE, FREQUENCY
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus

_PENDING_AGAIN = "It is pending until the payer answers it. What was changed back here does not change what was sent."


def cancelled_aboard(batch: Batch, places: Sequence[BatchClaim]) -> dict[int, Correction]:
    """By claim, of given-up places of this file: what it bore was cancelled, and neither we nor its payer have done anything since."""
    begun = Correction.objects.filter(claim__in=[place.claim_id for place in places], started_at__lte=batch.created_at)
    in_order = begun.exclude(way=Correction.Way.REOPENING).order_by("started_at", "pk")
    borne = {row.claim_id: row for row in in_order}
    if not borne:
        return {}
    said = Adjudication.objects.filter(claim__in=borne).order_by().values_list("claim").annotate(Max("recorded_at"))
    answered_at: Mapping[int, datetime] = dict(said)
    return {
        place.claim_id: row
        for place in places
        if (row := borne.get(place.claim_id))
        and _was_cancelled_after(row, place)
        and place.claim.status in CORRECTABLE
        and not (row.closed_at and row.claim_id in answered_at and answered_at[row.claim_id] > row.closed_at)
    }


def _was_cancelled_after(row: Correction, place: BatchClaim) -> bool:
    return bool(row.cancel_reason and row.closed_at and place.answered_at and row.closed_at >= place.answered_at)


def stand_again(
    batch: Batch, corrections: Mapping[int, Correction], places: Iterable[BatchClaim], why: str, *, now: datetime
) -> None:
    """The claims are in flight in this file, as what it bore. The caller says that it was sent, and tells a person."""
    if not corrections:
        return
    for row in corrections.values():
        row.closed_at, row.closed_by, row.cancel_reason = None, None, ""
    Correction.objects.bulk_update(corrections.values(), ["closed_at", "closed_by", "cancel_reason"], batch_size=500)
    for way, frequency in FREQUENCY.items():
        keys = [claim_id for claim_id, row in corrections.items() if row.way == way]
        if keys:
            Claim.objects.filter(pk__in=keys).update(frequency=frequency)
    apply_moves(
        [
            Move(claim_id, status, words, batch.transmission_id)
            for claim_id in corrections
            for status, words in ((ClaimStatus.DRAFT, why), (ClaimStatus.BATCHED, _PENDING_AGAIN))
        ],
        now=now,
    )
    batch.members.filter(claim__in=list(corrections)).update(
        in_flight=True, answer=BatchClaim.Answer.NONE, answered_at=None, chased_at=None
    )
    for place in places:
        place.in_flight, place.answer = True, BatchClaim.Answer.NONE
        place.answered_at = place.chased_at = None
