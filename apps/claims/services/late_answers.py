"""A file that a person had counted as lost is answered: it arrived after all.

What still waits here to leave with the next file is in that one, so it is not sent again. A correction that was cancelled meanwhile is
pending. What was put into another file meanwhile went out twice, and what somebody works on would: both become visible.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from apps.claims.models import Batch, BatchClaim, Claim, ClaimEvent, Finding
from apps.claims.rules.correction_routes import CORRECTABLE
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import HELD
from apps.claims.selectors.earlier_sendings import told_of_sending
from apps.claims.services.cancelled_corrections import cancelled_aboard, stand_again
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.services.submit_batch import mark_sent, open_batch_work
from apps.claims.services.take_answers import Source
from apps.claims.states import ClaimStatus

Answer = BatchClaim.Answer
_HERE = frozenset({ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.REJECTED})
_BEFORE = {
    Answer.LATE: "counted as lost before",
    Answer.LATE_REFUSED: "counted as lost before",
    Answer.NOT_FOUND: "in which the payer had not found it",
}
_HELD_WORDS = (
    "The file that was counted as lost arrived: they have this claim as it was then."
    " Wait for their answer; override this only to send it a second time."
)
_NOT_THERE_WORDS = (
    "The payer does not have this claim: what arrived in the file that was counted as lost was refused there, or is not found."
    " Override this to send the claim, or void it."
)
_CANCELLED = "the correction that had been cancelled here."


def lost_places(control_numbers: Iterable[str]) -> list[BatchClaim]:
    """In files counted as lost that alone can have brought these claims: the claims are in no other file that waits for an answer.

    All of the claims are locked first: one whose file is given up meanwhile would be found neither here nor among those in flight.
    """
    claims = lock_claims(Claim.objects.filter(control_number__in=list(control_numbers)))
    keys = list(claims.values_list("pk", flat=True))
    places = BatchClaim.objects.filter(claim__in=keys, answer=Answer.RELEASED)
    elsewhere = BatchClaim.objects.filter(in_flight=True).values("claim")
    alone = places.exclude(claim__in=elsewhere).order_by("batch", "claim")
    files = alone.select_related("claim", "batch__connection", "batch__transmission", "batch__work_item")
    return list(files.defer("batch__transmission__payload", "batch__connection__settings"))


def arrived_after_all(batch: Batch, places: Sequence[BatchClaim], *, now: datetime, refused: bool = False) -> None:
    """Any answer proves it. `places`: all of the file's, their claims locked; they are brought up to date.

    `refused`: it arrived and was sent back whole, so that nothing of it is with a payer.
    """
    lost = [place for place in places if place.answer == Answer.RELEASED]
    if not lost:
        return
    waiting = _still_waiting(batch, lost)
    _take_back(batch, waiting, now)
    cancelled = {} if refused else cancelled_aboard(batch, lost)
    again = [place for place in lost if place.claim_id in cancelled]
    stand_again(
        batch, cancelled, again, f"File {batch.transmission.name} arrived after all, and with it {_CANCELLED}", now=now
    )
    mark_sent(batch, now=now)
    others = [place for place in lost if place not in waiting and place not in again]
    gone_on = Claim.objects.filter(pk__in=[place.claim_id for place in others])
    gone_on.filter(first_submitted_at=None).update(first_submitted_at=batch.sent_at)
    _mark(others, Answer.LATE_REFUSED if refused else Answer.LATE, now)
    what = f"File {batch.transmission.name}, which had been counted as lost, arrived. This claim is in it."
    _tell(others, dict.fromkeys((place.claim_id for place in others), what), batch.transmission_id, now)
    if not refused:
        _make_visible(batch, others, len(again), now)


def found_after_all(batch: Batch, accepted: Iterable[BatchClaim], *, now: datetime) -> None:
    """The payer accepts claims of the file which it had not found when it was asked. One that a person released and that still waits here
    is not sent again; one that has left a second time, or is being worked on, becomes visible.
    """
    released = [place for place in accepted if place.answer == Answer.NOT_FOUND]
    if not released:
        return
    waiting = _still_waiting(batch, released)
    _take_back(batch, waiting, now)
    cancelled = cancelled_aboard(batch, released)
    again = [place for place in released if place.claim_id in cancelled]
    stand_again(
        batch,
        cancelled,
        again,
        f"The payer has found file {batch.transmission.name}, and with it {_CANCELLED}",
        now=now,
    )
    sent = f"It has been with them since file {batch.transmission.name} was sent."
    apply_moves(
        [Move(place.claim_id, ClaimStatus.SUBMITTED, sent, batch.transmission_id) for place in (*waiting, *again)],
        now=now,
    )
    others = [place for place in released if place not in waiting and place not in again]
    # The places themselves stay as they were: what is said of them is still told as of a file given up.
    BatchClaim.objects.filter(pk__in=[place.pk for place in others]).update(answer=Answer.ACCEPTED, answered_at=now)
    _make_visible(batch, others, len(again), now)


def late(places: Iterable[BatchClaim]) -> list[BatchClaim]:
    """Those that have gone on in another file."""
    return [place for place in places if place.answer in _BEFORE]


def refused_late(places: Iterable[BatchClaim], refused: Collection[str], *, now: datetime) -> None:
    """By control number: of what had gone on in another file the payer does not have this sending."""
    known = [place for place in places if place.answer == Answer.LATE and place.claim.control_number in refused]
    not_there(known, Answer.LATE_REFUSED, now=now)


def not_there(places: Sequence[BatchClaim], answer: BatchClaim.Answer, *, now: datetime) -> None:
    """The payer does not have these sendings. Claims that were held because it had them say so, and a person decides what follows."""
    if not places:
        return
    _mark(places, answer, now)
    held = Finding.objects.filter(
        claim__in=[place.claim_id for place in places],
        claim__status=ClaimStatus.EXCEPTION,
        rule=HELD.code,
        state=Finding.State.OPEN,
        sentence=_HELD_WORDS,
    )
    claims = sorted(set(held.values_list("claim", flat=True)))
    held.update(state=Finding.State.SUPERSEDED, settled_at=now)
    found = (Found(HELD, Issue(_NOT_THERE_WORDS)),)
    what = "The payer does not have it: a person decides whether it is sent."
    hold_claims([Hold(key, ClaimStatus.EXCEPTION, what, found) for key in claims], now=now)


def _mark(places: Collection[BatchClaim], answer: BatchClaim.Answer, now: datetime) -> None:
    BatchClaim.objects.filter(pk__in=[place.pk for place in places]).update(answer=answer, answered_at=now)
    for place in places:
        place.answer = answer


def tell_late(
    batch: Batch, places: Iterable[BatchClaim], words: str | Mapping[str, str], source: Source, *, now: datetime
) -> None:
    """What is said of claims that have gone on in another file is kept in their timelines: for all, or by control number. It is told
    once, however often its file comes.
    """
    told = {
        place: f"Of file {batch.transmission.name}, {_BEFORE[Answer(place.answer)]}: {said}"[:240]
        for place in late(places)
        if (said := words if isinstance(words, str) else words.get(place.claim.control_number, ""))
    }
    known = told_of_sending(told.items())
    news = {place.claim_id: what for place, what in told.items() if (place, what) not in known}
    _tell(list(told), news, source.transmission.pk, now)


def _still_waiting(batch: Batch, places: Sequence[BatchClaim]) -> list[BatchClaim]:
    """On their way to the next file, and as they were when they were released: since then only the scrubber has had them in hand, and
    it changes nothing.
    """
    ours = ClaimEvent.objects.filter(claim__in=[place.claim_id for place in places]).order_by("pk")
    released: dict[int, int] = dict(
        ours.filter(transmission=batch.transmission_id, new_status=ClaimStatus.DRAFT).values_list("claim_id", "pk")
    )
    passed = Q(old_status=ClaimStatus.DRAFT, new_status=ClaimStatus.READY, actor=None)
    touched = {
        claim for claim, key in ours.exclude(passed).values_list("claim_id", "pk") if key > released.get(claim, key)
    }
    return [
        place
        for place in places
        if place.claim.status in {ClaimStatus.DRAFT, ClaimStatus.READY} and place.claim_id not in touched
    ]


def _take_back(batch: Batch, places: Sequence[BatchClaim], now: datetime) -> None:
    keys = [place.claim_id for place in places]
    what = f"File {batch.transmission.name} arrived after all; the claim does not leave again."
    apply_moves([Move(key, ClaimStatus.BATCHED, what, batch.transmission_id) for key in keys], now=now)
    batch.members.filter(claim__in=keys).update(in_flight=True, answer=Answer.NONE, answered_at=None)
    for place in places:
        place.in_flight, place.answer, place.answered_at = True, Answer.NONE, None


def _tell(places: Sequence[BatchClaim], words: Mapping[int, str], transmission_id: int, now: datetime) -> None:
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(
                claim_id=place.claim_id, at=now, what=words[place.claim_id][:240], transmission_id=transmission_id
            )
            for place in places
            if place.claim_id in words
        ]
    )


def _make_visible(batch: Batch, places: Sequence[BatchClaim], cancelled: int, now: datetime) -> None:
    """`cancelled`: of how many others a correction is pending that had been cancelled."""
    here = [place for place in places if place.claim.status in _HERE]
    hold_claims([_hold(place) for place in here], now=now)
    voided = [place for place in places if place.claim.status == ClaimStatus.VOIDED]
    twice = _gone_on(batch, [place for place in places if place not in here and place not in voided])
    told = []
    if voided:
        few = len(voided) == 1
        which = f"claim {voided[0].claim.control_number}" if few else f"{len(voided)} claims"
        told.append(
            f"{which} in it had been voided here: have {'it' if few else 'them'} taken out, or voided by the payer"
        )
    if twice:
        number = "1 claim of it went" if twice == 1 else f"{twice} claims of it went"
        told.append(f"{number} on meanwhile: have the second sending taken out")
    if cancelled:
        number = "1 correction in it" if cancelled == 1 else f"{cancelled} corrections in it"
        told.append(f"{number} had been cancelled: have it taken out, or wait for its answer")
    if told:
        open_batch_work(batch, f"File {batch.transmission.name} arrived after all, and {'; '.join(told)}", now)


def _gone_on(batch: Batch, places: Sequence[BatchClaim]) -> int:
    """How many left a second time, or were given up. Without a later sending an answer is that to this file."""
    later = BatchClaim.objects.filter(claim__in=[place.claim_id for place in places], batch__gt=batch.pk)
    sent_again = set(later.values_list("claim", flat=True))
    return sum(place.claim_id in sent_again or place.claim.status not in CORRECTABLE for place in places)


def _hold(place: BatchClaim) -> Hold:
    what = "Held: the file that was counted as lost has arrived."
    return Hold(place.claim_id, ClaimStatus.EXCEPTION, what, (Found(HELD, Issue(_HELD_WORDS)),))
