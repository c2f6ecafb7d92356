"""What receivers' answers do to claims in flight. A late or repeated answer changes nothing; an answer proves that its file arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.claims.models import Batch, BatchClaim, Claim, ClaimEvent, Finding
from apps.claims.rules.claim_answer import ClaimAnswer
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import CLAIM_REJECTED, FILE_REJECTED
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.services.submit_batch import mark_sent
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.jobs import nudge

Answer = BatchClaim.Answer
# How far a sending has come. An answer counts only if it leads further.
_FURTHER = {Answer.NONE: 0, Answer.ACKNOWLEDGED: 1, Answer.PASSED_ON: 2, Answer.ACCEPTED: 3}
_SAYS = {
    Answer.ACKNOWLEDGED: "The clearinghouse accepted the file.",
    Answer.PASSED_ON: "The clearinghouse accepted the claim and passes it on to the payer.",
    Answer.ACCEPTED: "The payer accepted the claim.",
}
_STATUS = {
    Answer.ACKNOWLEDGED: ClaimStatus.ACKNOWLEDGED,
    Answer.PASSED_ON: ClaimStatus.ACKNOWLEDGED,
    Answer.ACCEPTED: ClaimStatus.ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Source:
    """The transmission that says so, and who speaks in it."""

    transmission: Transmission
    from_payer: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """One claim that a receiver does not take, and why."""

    place: BatchClaim
    issues: tuple[Issue, ...]
    segment: int | None = None


def places_of(batch: Batch) -> list[BatchClaim]:
    """Every claim of a file that is answered, whatever became of it meanwhile. The claims are locked first."""
    return _locked(batch.members.all(), Claim.objects.filter(memberships__batch=batch))


def places_in_flight(control_numbers: Iterable[str]) -> list[BatchClaim]:
    """As above, of the claims that still wait for an answer in any file, by their numbers."""
    rows = BatchClaim.objects.filter(in_flight=True, claim__control_number__in=list(control_numbers))
    # The file itself would be decrypted once for each of its claims.
    with_files = rows.select_related("batch__connection", "batch__transmission").defer(
        "batch__transmission__payload", "batch__connection__settings"
    )
    return _locked(with_files, Claim.objects.filter(pk__in=rows.values("claim")))


def _locked(rows: "QuerySet[BatchClaim]", claims: "QuerySet[Claim]") -> list[BatchClaim]:
    keys = list(lock_claims(claims).values_list("pk", flat=True))
    return list(rows.filter(claim__in=keys).select_related("claim").order_by("claim_id"))


def prove_arrival(places: Iterable[BatchClaim], *, now: datetime) -> None:
    """Whatever we believed of the sending: whoever answers has the file."""
    for batch in {place.batch_id: place.batch for place in places}.values():
        if batch.state not in {
            Batch.State.SENT,
            Batch.State.ACCEPTED,
            Batch.State.PARTLY_ACCEPTED,
            Batch.State.REJECTED,
        }:
            mark_sent(batch, now=now)


def accept(places: Sequence[BatchClaim], answer: Answer, source: Source, *, now: datetime, warned: bool = False) -> int:
    """Move on the claims for which `answer` leads further; how many."""
    further = [place for place in places if _FURTHER.get(Answer(place.answer), 9) < _FURTHER[answer]]
    if not further:
        return 0
    keys = [place.claim_id for place in further]
    BatchClaim.objects.filter(pk__in=[place.pk for place in further]).update(answer=answer, answered_at=now)
    if answer is Answer.ACCEPTED:
        Claim.objects.filter(pk__in=keys, accepted_at=None).update(accepted_at=now)
    what = _SAYS[answer] + (" It has a remark." if warned else "")
    status = _STATUS[answer]
    at = dict(Claim.objects.filter(pk__in=keys).values_list("pk", "status"))
    moving = [key for key in keys if at[key] != status]
    if moving:
        apply_moves([Move(key, status, what, source.transmission.pk) for key in moving], now=now)
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(claim_id=key, at=now, what=what, transmission=source.transmission)
            for key in keys
            if at[key] == status
        ]
    )
    return len(further)


def reject(refusals: Sequence[Refusal], source: Source, *, now: datetime) -> int:
    """Into the exception queue with our reading. Only the payer itself may take back what the payer had accepted."""
    counting = [each for each in refusals if source.from_payer or each.place.answer != Answer.ACCEPTED]
    if not counting:
        return 0
    rule = CLAIM_REJECTED if source.transmission.kind in {"277CA", "277"} else FILE_REJECTED
    who = "payer" if source.from_payer else "clearinghouse"
    _note_rejected([each.place for each in counting], now)
    holds = [
        Hold(
            each.place.claim_id,
            ClaimStatus.REJECTED,
            " ".join([f"Rejected by the {who}.", *(issue.sentence for issue in each.issues)])[:240],
            tuple(Found(rule, issue) for issue in each.issues),
            source.transmission.pk,
            each.segment,
        )
        for each in counting
    ]
    hold_claims(holds, now=now)
    return len(counting)


def return_file(places: Sequence[BatchClaim], reading: str, source: Source, *, now: datetime) -> int:
    """A refusal of the file as such: its claims are rejected, and one person mends the cause for all of them (see release_batch)."""
    _note_rejected(places, now)
    moves = [Move(place.claim_id, ClaimStatus.REJECTED, reading, source.transmission.pk) for place in places]
    apply_moves(moves, now=now)
    Finding.objects.bulk_create(
        [
            Finding(
                claim_id=place.claim_id,
                rule=FILE_REJECTED.code,
                severity=FILE_REJECTED.severity,
                sentence=reading[:300],
                found_at=now,
            )
            for place in places
        ],
        batch_size=1000,
    )
    return len(places)


def send_again(places: Sequence[BatchClaim], source: Source, *, now: datetime) -> None:
    """Claims whose file was refused for another claim: nothing is wrong with them, so they leave with the next file
    that the scrubber lets them into."""
    _note_rejected(places, now)
    what = "The file was refused because of another claim. This one is scrubbed again and leaves with the next file."
    moves = [
        Move(place.claim_id, status, what, source.transmission.pk)
        for place in places
        for status in (ClaimStatus.REJECTED, ClaimStatus.DRAFT)
    ]
    apply_moves(moves, now=now)
    nudge("scrub_claims")


def _note_rejected(places: Sequence[BatchClaim], now: datetime) -> None:
    """First-pass acceptance counts a refused file against its claims (DOMAIN 7)."""
    BatchClaim.objects.filter(pk__in=[place.pk for place in places]).update(answer=Answer.REJECTED, answered_at=now)
    Claim.objects.filter(pk__in=[place.claim_id for place in places], first_rejected_at=None).update(
        first_rejected_at=now
    )


def keep_payer_numbers(answers: Iterable[ClaimAnswer], by_number: Mapping[str, BatchClaim]) -> None:
    """REF*1K: the payer's own number of the claim, which a correction will need."""
    told = {answer.control_number: answer.payer_claim_number for answer in answers if answer.payer_claim_number}
    claims = []
    for number, payer_number in told.items():
        claim = by_number[number].claim
        if not claim.payer_claim_number:
            claim.payer_claim_number = payer_number[:50]
            claims.append(claim)
    Claim.objects.bulk_update(claims, ["payer_claim_number"], batch_size=500)


def settle_batches(batch_ids: Iterable[int], *, now: datetime) -> None:
    """A batch's state follows its claims' answers. The batches are locked first: of two that take in the last answers at one moment,
    one counts them all.
    """
    rows = Batch.objects.select_for_update(no_key=True).filter(pk__in=set(batch_ids)).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    rejected = Q(members__answer__in=(Answer.REJECTED, Answer.LATE_REFUSED))
    waiting = Q(members__answer=Answer.NONE)
    counts = Batch.objects.filter(pk__in=keys).annotate(
        all_claims=Count("members"),
        refused=Count("members", filter=rejected),
        silent=Count("members", filter=waiting),
    )
    for batch in counts:
        state = _state({"all": batch.all_claims, "refused": batch.refused, "silent": batch.silent}) or batch.state
        if (state, True) != (batch.state, batch.answered_at is not None):
            Batch.objects.filter(pk=batch.pk).update(state=state, answered_at=Coalesce("answered_at", now))


def _state(counts: Mapping[str, int]) -> Batch.State | None:
    """None: some claims have had no answer yet."""
    if counts["refused"] == counts["all"]:
        return Batch.State.REJECTED
    if counts["refused"]:
        return Batch.State.PARTLY_ACCEPTED
    return None if counts["silent"] else Batch.State.ACCEPTED
