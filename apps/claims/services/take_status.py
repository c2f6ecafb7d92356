"""What payers answer to our inquiries (277): told on the claim, and the work that asked for it says what is next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.claims.models import Claim, ClaimEvent, StatusInquiry
from apps.claims.rules.answer_days import earliest_day
from apps.claims.rules.findings import Issue
from apps.claims.rules.status_answer import StatusAnswer, StatusOutcome, claim_status, status_answer
from apps.claims.services.follow_status import Told, follow_status
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.take_answers import Refusal, Source, places_in_flight, reject, settle_batches
from apps.connectors.models import Transmission
from apps.x12.guides.x277 import ClaimStatusResponse

CLEARINGHOUSE = "The clearinghouse"


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Inquiries answered, and claims that the answer rejected."""

    answered: int = 0
    rejected: int = 0


def take_status(response: ClaimStatusResponse, transmission: Transmission, *, now: datetime) -> StatusResult:
    """Inquiries are found by their trace number, where a payer does not return it by the claim's number. Others are not ours, and what an
    inquiry was told already, in a file that came cut before or comes twice, says nothing new.
    """
    answers = _by_inquiry(response)
    for receiver in (each for source in response.sources for each in source.receivers):
        above = [*receiver.statuses, *(status for provider in receiver.providers for status in provider.statuses)]
        if above:
            said = status_answer(above, receiver.segment)
            answers = {row.pk: (row, said) for row in _unanswered(receiver.trace_number)} | answers
    if not answers:
        return StatusResult()
    rows = [row for row, _ in answers.values()]
    list(lock_claims(Claim.objects.filter(pk__in=[row.claim_id for row in rows])).values_list("pk"))
    _record(answers.values(), transmission, now)
    rejected = _reject(answers.values(), transmission, now)
    follow_status(answers.values(), now=now)
    return StatusResult(len(answers), rejected)


def take_refused_inquiry(
    file: Transmission, says: str, segment: int, transmission: Transmission, *, now: datetime
) -> None:
    """The file check or the clearinghouse sent the inquiry back: nobody was asked. One claim alone asks for a person, and is asked
    about again in some days. Of several nobody knows which is to blame: each is asked about the next day, in a smaller file.
    """
    rows = unanswered_of(file)
    if len(rows) > 1:
        words = (
            f"The inquiry was refused together with those of other claims; a smaller file asks again. {says}".strip()
        )
        for row in rows:
            row.outcome, row.sentence, row.segment = StatusInquiry.Outcome.NOT_SENT, words[:300], segment
        save_told(rows, transmission, now, speaker=CLEARINGHOUSE)
        return
    said = StatusAnswer(StatusOutcome.NOT_ANSWERED, f"The inquiry itself was refused. {says}".strip(), segment)
    answers = [(row, said) for row in rows]
    _record(answers, transmission, now, speaker=CLEARINGHOUSE)
    follow_status(answers, now=now)


def unanswered_of(file: Transmission) -> list[StatusInquiry]:
    """What is open of a file of questions; the claims are locked first."""
    rows = list(_inquiries(transmission=file, answered_at=None).values())
    list(lock_claims(Claim.objects.filter(pk__in=[row.claim_id for row in rows])).values_list("pk"))
    return rows


def _by_inquiry(response: ClaimStatusResponse) -> dict[int, Told]:
    claims = list(response.claims)
    by_trace = _inquiries(public_id__in=[claim.trace_number for claim in claims])
    lacking = [claim for claim in claims if claim.trace_number not in by_trace and claim.control_number]
    by_number = {
        row.claim.control_number: row
        for row in _inquiries(
            claim__control_number__in=[claim.control_number for claim in lacking], answered_at=None
        ).values()
        # A file that was made before the question answers an earlier one. STC02 says only since when what it tells is so.
        if response.created_on is None or response.created_on >= earliest_day(row.asked_at)
    }
    found: dict[int, Told] = {}
    for claim in claims:
        row = by_trace.get(claim.trace_number) or by_number.get(claim.control_number)
        if row is not None:
            found[row.pk] = (row, claim_status(claim))
    return {key: told for key, told in found.items() if not _is_known(*told)}


def _is_known(row: StatusInquiry, said: StatusAnswer) -> bool:
    return row.answered_at is not None and (row.outcome, row.sentence) == (said.outcome.value, said.sentence[:300])


def _inquiries(**which: object) -> Mapping[str, StatusInquiry]:
    """By trace number, the newest last."""
    rows = StatusInquiry.objects.filter(**which).select_related("claim__work_item", "payer").order_by("pk")
    return {row.public_id: row for row in rows}


def _unanswered(reference: str) -> Iterable[StatusInquiry]:
    """Of the file whose BHT03 the answer gives back."""
    return _inquiries(transmission__control_number=reference, answered_at=None).values() if reference else ()


def _record(told: Iterable[Told], transmission: Transmission, now: datetime, speaker: str = "") -> None:
    rows = []
    for row, said in told:
        row.outcome, row.sentence = StatusInquiry.Outcome(said.outcome.value), said.sentence[:300]
        row.segment = said.segment
        rows.append(row)
    save_told(rows, transmission, now, speaker)


def save_told(rows: list[StatusInquiry], transmission: Transmission, now: datetime, speaker: str) -> None:
    """`speaker` answers where it is not the payer that was asked."""
    for row in rows:
        row.answered_at, row.answer = now, transmission
    StatusInquiry.objects.bulk_update(rows, ["outcome", "sentence", "answered_at", "answer", "segment"], batch_size=500)
    ClaimEvent.objects.bulk_create(
        ClaimEvent(
            claim=row.claim,
            at=now,
            what=f"{speaker or row.payer.name} answers: {row.sentence}"[:240],
            transmission=transmission,
            segment=row.segment,
        )
        for row in rows
    )


def _reject(told: Iterable[Told], transmission: Transmission, now: datetime) -> int:
    """As if its 277CA had come: into the exception queue with their reason. A further payer's word is not this claim's."""
    refused = {
        row.claim.control_number: (row, said)
        for row, said in told
        if said.outcome is StatusOutcome.REJECTED and row.payer_id == row.claim.payer_id
    }
    # What was sent after the question is not what it was asked about.
    places = [
        place
        for place in places_in_flight(refused)
        if place.batch.sent_at and place.batch.sent_at <= refused[place.claim.control_number][0].asked_at
    ]
    refusals = [
        Refusal(
            place,
            (Issue(refused[place.claim.control_number][0].sentence),),
            refused[place.claim.control_number][1].segment,
        )
        for place in places
    ]
    rejected = reject(refusals, Source(transmission, from_payer=True), now=now)
    settle_batches({place.batch_id for place in places}, now=now)
    return rejected
