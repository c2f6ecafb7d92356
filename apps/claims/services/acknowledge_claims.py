"""Read what the clearinghouse and payers answered: TA1, 999, 277CA, 277, each file once, in the order in which they came."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction

from apps.claims.encode.judge import claims_at, lines_at
from apps.claims.models import Batch, BatchClaim, ClaimEvent
from apps.claims.rules.claim_answer import ClaimAnswer, Outcome, claim_answers
from apps.claims.rules.cut_file import cut_sentence, whole_acknowledgments, whole_body
from apps.claims.rules.file_answer import FileVerdict, file_verdict, is_returned, note_sentences, returned_sentence
from apps.claims.rules.findings import Issue
from apps.claims.selectors.earlier_sendings import told_of_sending
from apps.claims.services.acknowledge_inquiries import FUNCTIONAL_CODE, inquiry_checked, inquiry_returned
from apps.claims.services.batch_events import tell_batch
from apps.claims.services.chase_unanswered import chase
from apps.claims.services.late_answers import (
    arrived_after_all,
    found_after_all,
    late,
    lost_places,
    refused_late,
    tell_late,
)
from apps.claims.services.lock_answered import lock_answered
from apps.claims.services.meant_sendings import meant_places, tell_earlier
from apps.claims.services.submit_batch import open_batch_work
from apps.claims.services.take_answers import (
    Answer,
    Refusal,
    Source,
    accept,
    keep_payer_numbers,
    places_in_flight,
    places_of,
    prove_arrival,
    reject,
    return_file,
    send_again,
    settle_batches,
)
from apps.claims.services.take_status import take_status
from apps.claims.services.unread_answers import ACKNOWLEDGEMENTS, hand_over
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.core.plain_codes import whole_number
from apps.x12 import Document, InterchangeAcknowledgment, read
from apps.x12.guides.x277 import ClaimStatusResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment, ReceiverStatus
from apps.x12.guides.x999 import GroupAcknowledgment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AcknowledgeResult:
    """Files read to their end, claims that moved on, claims that were rejected, and files that are a person's work."""

    files: int = 0
    accepted: int = 0
    rejected: int = 0
    unreadable: int = 0

    def __add__(self, other: "AcknowledgeResult") -> "AcknowledgeResult":
        return AcknowledgeResult(
            self.files + other.files,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.unreadable + other.unreadable,
        )


def acknowledge_claims(*, now: datetime) -> AcknowledgeResult:
    """Every stored answer, a transaction each. One that cannot be taken in holds up no other: it becomes a person's work.

    Raises OperationalError where the database itself gives way; files not reached stay stored for the next call.
    """
    waiting = Transmission.objects.filter(
        direction=Transmission.Direction.IN, kind__in=ACKNOWLEDGEMENTS, state=Transmission.State.STORED
    )
    result = AcknowledgeResult()
    for key in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            result += _take(key, now)
        except OperationalError:
            raise
        except Exception as failure:  # whatever it is, it is this file's alone
            logger.exception("Answer %s failed.", key)
            result += _give_up(key, type(failure).__name__, now)
    return result


def _give_up(key: int, failure: str, now: datetime) -> AcknowledgeResult:
    file = Transmission.objects.defer("payload").get(pk=key)
    hand_over(file, f"It could not be taken in ({failure}); nothing of it has changed any claim.", now=now)
    return AcknowledgeResult(unreadable=1)


@transaction.atomic
def _take(key: int, now: datetime) -> AcknowledgeResult:
    rows = Transmission.objects.select_for_update(skip_locked=True)
    transmission = rows.filter(pk=key, state=Transmission.State.STORED).first()
    if transmission is None:
        return AcknowledgeResult()
    document = read(transmission.payload)
    results = list(_answers(document, transmission, now))
    problem = cut_sentence(document, taken=bool(results))
    if problem or not results:
        hand_over(transmission, problem or "No acknowledgement in it could be read.", now=now)
        return sum(results, AcknowledgeResult(unreadable=1))
    journal.move(transmission, old=Transmission.State.STORED, new=Transmission.State.PROCESSED, now=now)
    return sum(results, AcknowledgeResult(files=1))


def _answers(document: Document, transmission: Transmission, now: datetime) -> Iterator[AcknowledgeResult]:
    acknowledgments = list(whole_acknowledgments(document))
    bodies = [whole_body(each) for each in document.transactions]
    lock_answered(acknowledgments, bodies)
    for acknowledgment in acknowledgments:
        yield _interchange_answer(acknowledgment, Source(transmission), now)
    for body in bodies:
        if isinstance(body, GroupAcknowledgment):
            yield _group_answer(body, Source(transmission), now)
        elif isinstance(body, ClaimAcknowledgment):
            source = Source(transmission, from_payer=body.from_payer)
            for receiver in body.receivers:
                yield _claim_answers(body, receiver, source, now)
        elif isinstance(body, ClaimStatusResponse):
            yield AcknowledgeResult(rejected=take_status(body, transmission, now=now).rejected)


def _interchange_answer(answer: InterchangeAcknowledgment, source: Source, now: datetime) -> AcknowledgeResult:
    number = whole_number(answer.control_number) or 0
    batch = _batch(interchange_number=number)
    if batch is None:
        inquiry_returned(answer, number, source.transmission, now=now)
        return AcknowledgeResult()
    returned = is_returned(answer)
    says = returned_sentence(answer) if returned else "It was received."
    tell_batch(batch.pk, f"TA1: {says}", now=now, transmission_id=source.transmission.pk)
    places = _places(batch, says, source, now, refused=returned)
    if not places or not returned:
        return AcknowledgeResult()
    return AcknowledgeResult(rejected=_return_whole_file(batch, places, says, source, now=now))


def _group_answer(group: GroupAcknowledgment, source: Source, now: datetime) -> AcknowledgeResult:
    number = whole_number(group.group_number) or 0
    if group.functional_code == FUNCTIONAL_CODE:
        inquiry_checked(group, number, source.transmission, now=now)
        return AcknowledgeResult()
    batch = _batch(group_number=number)
    if batch is None:
        return AcknowledgeResult()
    verdict = file_verdict(group, batch.transaction_number)
    accepted = verdict is not None and verdict.accepted
    reasons = verdict.reasons if verdict else ()
    says = " ".join([f"The file check {'accepted' if accepted else 'refused'} it.", *reasons]) if verdict else ""
    if verdict is not None:
        remark = " It has a remark." if verdict.warned else ""
        what, segment = f"999: {says}{remark}", verdict.segment
        tell_batch(batch.pk, what, now=now, transmission_id=source.transmission.pk, segment=segment)
    places = _places(batch, says, source, now, refused=verdict is not None and not accepted)
    if verdict is None or not places:
        return AcknowledgeResult()
    if accepted:
        moved = accept(places, Answer.ACKNOWLEDGED, source, now=now, warned=verdict.warned)
        settle_batches([batch.pk], now=now)
        return AcknowledgeResult(accepted=moved)
    # What has gone further than the file's check cannot be refused by it: the answer is late.
    waiting = [place for place in places if place.answer == Answer.NONE]
    return AcknowledgeResult(rejected=_refuse_file(batch, waiting, verdict, source, now))


def _refuse_file(
    batch: Batch, places: Sequence[BatchClaim], verdict: FileVerdict, source: Source, now: datetime
) -> int:
    """The claims that the 999 points at are rejected; the others only shared their file. If it points at none, the file is returned."""
    if not places:
        return 0
    guilty = _guilty(batch.transmission.payload, verdict)
    refusals = [
        Refusal(place, tuple(guilty[place.claim.control_number]), verdict.segment)
        for place in places
        if place.claim.control_number in guilty
    ]
    if not refusals:
        return _return_whole_file(
            batch,
            places,
            f"The whole file was refused, and no claim was named. {' '.join(verdict.reasons)}".strip(),
            source,
            now=now,
        )
    reject(refusals, source, now=now)
    send_again([place for place in places if place.claim.control_number not in guilty], source, now=now)
    settle_batches([batch.pk], now=now)
    return len(places)


def _guilty(payload: bytes, verdict: FileVerdict) -> dict[str, list[Issue]]:
    """Control number to what is wrong. The receiver names the claim (CTX), or the segment's place in our file tells whose it is."""
    positions = [note.position for note in verdict.notes]
    whose, lines = claims_at(payload, positions), lines_at(payload, positions)
    found: dict[str, list[Issue]] = {}
    for note in verdict.notes:
        named = (note.claim_control_number,) if note.claim_control_number else whose[note.position]
        for control_number in named:
            found.setdefault(control_number, []).extend(
                Issue(sentence, line=lines.get(note.position)) for sentence in note_sentences(note)
            )
    return found


def _return_whole_file(
    batch: Batch, places: Sequence[BatchClaim], reading: str, source: Source, *, now: datetime
) -> int:
    waiting = [place for place in places if place.answer == Answer.NONE]
    returned = return_file(waiting, reading, source, now=now)
    settle_batches([batch.pk], now=now)
    if returned:
        open_batch_work(
            batch, f"File {batch.transmission.name} was returned: mend the cause, then release its claims", now
        )
    return returned


def _claim_answers(
    body: ClaimAcknowledgment, receiver: ReceiverStatus, source: Source, now: datetime
) -> AcknowledgeResult:
    """A payer's own 277CA may carry a reference of its own; its claims are found by their numbers."""
    batch = _batch(reference=receiver.batch_reference) if receiver.batch_reference else None
    whole, outdated = places_of(batch) if batch else [], frozenset[int]()
    listed = [claim.control_number for provider in receiver.providers for claim in provider.claims]
    if batch:
        arrived_after_all(batch, whole, now=now)
        if source.from_payer:
            found_after_all(batch, _accepted(receiver, whole), now=now)
        places = [place for place in whole if place.in_flight]
    else:
        lost = meant_places(lost_places(listed), body, receiver)
        for each in {place.batch_id: place.batch for place in lost.places}.values():
            arrived_after_all(each, places_of(each), now=now)
        places, earlier, outdated = meant_places(places_in_flight(listed), body, receiver)
        tell_earlier((lost.earlier | earlier).values(), source.transmission, now=now)
    prove_arrival(places, now=now)
    by_number = {place.claim.control_number: place for place in places}
    gone_on = [place.claim.control_number for place in late(whole)]
    answers = list(claim_answers(receiver, (*by_number, *gone_on)))
    if batch:
        says = {answer.control_number: _OUTCOMES[answer.outcome].format(_speaker(source)) for answer in answers}
        tell_late(batch, whole, says, source, now=now)
        rejected = {answer.control_number for answer in answers if answer.outcome is Outcome.REJECTED}
        refused_late(whole, rejected, now=now)
    told = [answer for answer in answers if answer.control_number in by_number and answer.segment not in outdated]
    _tell_batches(told, by_number, source, now)
    return _take_in(told, by_number, source, now)


def _accepted(receiver: ReceiverStatus, places: Sequence[BatchClaim]) -> list[BatchClaim]:
    by_number = {place.claim.control_number: place for place in places}
    answers = claim_answers(receiver, tuple(by_number))
    return [by_number[answer.control_number] for answer in answers if answer.outcome is Outcome.ACCEPTED]


def _take_in(
    told: Sequence[ClaimAnswer], by_number: Mapping[str, BatchClaim], source: Source, now: datetime
) -> AcknowledgeResult:
    keep_payer_numbers(told, by_number)
    accepted = [by_number[answer.control_number] for answer in told if answer.outcome is Outcome.ACCEPTED]
    refused = [
        Refusal(by_number[answer.control_number], answer.issues, answer.segment)
        for answer in told
        if answer.outcome is Outcome.REJECTED
    ]
    chase(
        [by_number[answer.control_number] for answer in told if answer.outcome is Outcome.ASK],
        why="they do not know it",
        now=now,
    )
    level = Answer.ACCEPTED if source.from_payer else Answer.PASSED_ON
    result = AcknowledgeResult(
        accepted=accept(accepted, level, source, now=now), rejected=reject(refused, source, now=now)
    )
    settle_batches({place.batch_id for place in by_number.values()}, now=now)
    return result


def _tell_batches(
    told: Sequence[ClaimAnswer], by_number: Mapping[str, BatchClaim], source: Source, now: datetime
) -> None:
    """One hop, counted for each file; and of each claim that only waits, what is said of it, once a sending: a file may come twice, or
    whole after it came cut.
    """
    who = _speaker(source)
    by_batch: dict[int, Counter[Outcome]] = {}
    for answer in told:
        by_batch.setdefault(by_number[answer.control_number].batch_id, Counter())[answer.outcome] += 1
    for key, counts in by_batch.items():
        said = ", ".join(f"{counts[outcome]} {word}" for outcome, word in _COUNTED.items() if counts[outcome])
        tell_batch(key, f"277CA of the {who}: {said}.", now=now, transmission_id=source.transmission.pk)
    words: dict[tuple[BatchClaim, str], int | None] = {}
    for answer in told:
        if answer.outcome is Outcome.WAITING:
            what = f"The {who}: {answer.issues[0].sentence if answer.issues else 'on its way.'}"[:240]
            words.setdefault((by_number[answer.control_number], what), answer.segment)
    known = told_of_sending(words)
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(claim_id=place.claim_id, at=now, what=what, transmission=source.transmission, segment=segment)
            for (place, what), segment in words.items()
            if (place, what) not in known
        ],
        batch_size=1000,
    )


_COUNTED = {
    Outcome.ACCEPTED: "accepted",
    Outcome.REJECTED: "rejected",
    Outcome.WAITING: "on the way",
    Outcome.ASK: "not known there",
}
_OUTCOMES = {
    Outcome.WAITING: "The {} says that the claim is on its way.",
    Outcome.ACCEPTED: "The {} accepted the claim.",
    Outcome.REJECTED: "The {} rejected the claim.",
    Outcome.ASK: "The {} does not know the claim.",
}


def _speaker(source: Source) -> str:
    return "payer" if source.from_payer else "clearinghouse"


def _places(batch: Batch, says: str, source: Source, now: datetime, *, refused: bool) -> list[BatchClaim]:
    """Of a file that is answered, and so arrived: the claims that wait for what the answer says. The others are told what it says."""
    whole = places_of(batch)
    arrived_after_all(batch, whole, now=now, refused=refused)
    waiting = [place for place in whole if place.in_flight]
    prove_arrival(waiting, now=now)
    if says:
        tell_late(batch, whole, says, source, now=now)
    return waiting


def _batch(**number: int | str) -> Batch | None:
    # The file and the credentials are decrypted only where they are read.
    rows = Batch.objects.select_related("connection", "transmission", "work_item")
    return rows.defer("transmission__payload", "connection__settings").filter(**number).first()
