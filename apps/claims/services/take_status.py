"""What payers answer to our inquiries (277): told on the claim, and the work that asked for it says what is next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from apps.claims.models import BatchClaim, Claim, ClaimEvent, StatusInquiry
from apps.claims.rules.answer_days import earliest_day
from apps.claims.rules.answer_order import is_before
from apps.claims.rules.findings import Issue
from apps.claims.rules.status_answer import StatusAnswer, StatusOutcome, claim_status, status_answer
from apps.claims.selectors.arrived import arrived_places
from apps.claims.selectors.earlier_sendings import left_at
from apps.claims.selectors.inquiries import SAYS_SOMETHING, given, newest_answers
from apps.claims.services.follow_status import Told, follow_status
from apps.claims.services.late_answers import not_there
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.take_answers import Refusal, Source, places_in_flight, reject, settle_batches
from apps.claims.states import WITH_US
from apps.connectors.models import Transmission
from apps.core.clock import practice_date
from apps.x12.guides.x277 import ClaimStatusResponse

CLEARINGHOUSE = "The clearinghouse"

# A payer elsewhere is ahead of the practice by hours.
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Inquiries answered, and claims that the answer rejected."""

    answered: int = 0
    rejected: int = 0


def take_status(response: ClaimStatusResponse, transmission: Transmission, *, now: datetime) -> StatusResult:
    """Inquiries are found by their trace number, where a payer does not return it by the claim's number. Others are not ours, and what an
    inquiry was told already, in a file that came cut before or comes twice, says nothing new. An answer that was given before the last
    one about its claim is told, and nothing follows from it.
    """
    said = _by_inquiry(response)
    for receiver in (each for source in response.sources for each in source.receivers):
        above = [*receiver.statuses, *(status for provider in receiver.providers for status in provider.statuses)]
        if above:
            of_all = status_answer(above, receiver.segment)
            said = dict.fromkeys(_unanswered(receiver.trace_number), of_all) | said
    if not said:
        return StatusResult()
    made = _made(response, now)
    heard = _heard(said, made)
    # An inquiry that had no answer yet has this one, however late it came.
    first = [(row, told) for row, told in heard.late if row.outcome not in SAYS_SOMETHING]
    for row, _ in (*heard.news, *heard.again, *first):
        row.made_on, row.made_at = made
    StatusInquiry.objects.bulk_update([row for row, _ in heard.again], ["made_on", "made_at"], batch_size=500)
    _record(heard.news, transmission, now)
    _save([_answered(*each) for each in first], transmission, now)
    _tell([(row, _late_words(row, told), told.segment) for row, told in heard.late], transmission, now)
    rejected = _reject(heard.news, transmission, now)
    _let_go(heard.news, now)
    follow_status(heard.news, now=now)
    return StatusResult(len(heard.news), rejected)


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
    return _locked_inquiries(transmission=file, answered_at=None)


def _by_inquiry(response: ClaimStatusResponse) -> dict[int, StatusAnswer]:
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
    found: dict[int, StatusAnswer] = {}
    for claim in claims:
        row = by_trace.get(claim.trace_number) or by_number.get(claim.control_number)
        if row is not None:
            found[row.pk] = claim_status(claim)
    return found


@dataclass(frozen=True, slots=True)
class _Heard:
    """`again`: the last word on its claim, given once more. `late`: given before the last word."""

    news: list[Told] = field(default_factory=list)
    again: list[Told] = field(default_factory=list)
    late: list[Told] = field(default_factory=list)


def _made(response: ClaimStatusResponse, now: datetime) -> tuple[date | None, time | None]:
    """The day and time that the answer bears. A day that is still to come is no measure: it would mute all that is said until then."""
    if response.created_on and response.created_on > practice_date(now) + CLOCKS_DIFFER:
        return None, None
    return response.created_on, response.created_at


def _heard(said: Mapping[int, StatusAnswer], made: tuple[date | None, time | None]) -> _Heard:
    """By key of the inquiry. The claims are locked before anything is compared; what had been told before is in none of the three."""
    rows = _locked_inquiries(pk__in=said)
    words = _words_so_far(rows)
    last = {claim: (row.pk, given(row)) for claim, row in newest_answers([row.claim_id for row in rows]).items()}
    heard = _Heard()
    for row in reversed(rows):  # one file may answer two questions about one claim
        told, (last_of, last_given) = (row, said[row.pk]), last.get(row.claim_id, (row.pk, None))
        this = replace(given(row), made_on=made[0], made_at=made[1])
        was_told = row.answered_at is not None and bool(
            {_words(row.payer.name, _kept(told[1])), _late_words(*told)} & words[row.pk]
        )
        if last_given is not None and is_before(this, last_given):
            if not was_told:
                heard.late.append(told)
        elif not was_told or is_before(given(row), this):
            same = (row.outcome, row.sentence) == (told[1].outcome.value, _kept(told[1]))
            (heard.again if same and last_of == row.pk else heard.news).append(told)
            last[row.claim_id] = row.pk, this
    return heard


def _words_so_far(rows: Sequence[StatusInquiry]) -> dict[int, set[str]]:
    """By inquiry: what payers' answers have said of its claim since it was asked."""
    events = ClaimEvent.objects.filter(
        claim__in=[row.claim_id for row in rows], at__gte=min(row.asked_at for row in rows), transmission__kind="277"
    )
    by_claim: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for claim, at, what in events.values_list("claim", "at", "what"):
        by_claim[claim].append((at, what))
    return {row.pk: {what for at, what in by_claim[row.claim_id] if at >= row.asked_at} for row in rows}


def _words(speaker: str, sentence: str) -> str:
    return f"{speaker} answers: {sentence}"[:240]


def _late_words(row: StatusInquiry, said: StatusAnswer) -> str:
    return f"{row.payer.name} had answered before, which comes only now and changes nothing: {_kept(said)}"[:240]


def _kept(said: StatusAnswer) -> str:
    return said.sentence[:300]


def _inquiries(**which: object) -> Mapping[str, StatusInquiry]:
    """By trace number, the newest last."""
    rows = StatusInquiry.objects.filter(**which).select_related("claim__work_item", "payer").order_by("pk")
    return {row.public_id: row for row in rows}


def _locked_inquiries(**which: object) -> list[StatusInquiry]:
    """As above; their claims are locked before they are read."""
    asked = StatusInquiry.objects.filter(**which)
    list(lock_claims(Claim.objects.filter(pk__in=asked.values("claim"))).values_list("pk"))
    return list(_inquiries(**which).values())


def _unanswered(reference: str) -> Iterable[int]:
    """Keys, of the file whose BHT03 the answer gives back."""
    rows = StatusInquiry.objects.filter(transmission__control_number=reference, answered_at=None)
    return rows.values_list("pk", flat=True) if reference else ()


def _record(told: Iterable[Told], transmission: Transmission, now: datetime, speaker: str = "") -> None:
    save_told([_answered(*each) for each in told], transmission, now, speaker)


def _answered(row: StatusInquiry, said: StatusAnswer) -> StatusInquiry:
    row.outcome, row.sentence = StatusInquiry.Outcome(said.outcome.value), _kept(said)
    row.segment = said.segment
    return row


def save_told(rows: list[StatusInquiry], transmission: Transmission, now: datetime, speaker: str) -> None:
    """`speaker` answers where it is not the payer that was asked."""
    _save(rows, transmission, now)
    _tell([(row, _words(speaker or row.payer.name, row.sentence), row.segment) for row in rows], transmission, now)


def _save(rows: list[StatusInquiry], transmission: Transmission, now: datetime) -> None:
    for row in rows:
        row.answered_at, row.answer = now, transmission
    columns = ["outcome", "sentence", "answered_at", "answer", "segment", "made_on", "made_at"]
    StatusInquiry.objects.bulk_update(rows, columns, batch_size=500)


def _tell(words: Iterable[tuple[StatusInquiry, str, int | None]], transmission: Transmission, now: datetime) -> None:
    ClaimEvent.objects.bulk_create(
        ClaimEvent(claim=row.claim, at=now, what=what, transmission=transmission, segment=segment)
        for row, what, segment in words
    )


_NOT_THERE = {
    StatusOutcome.REJECTED: BatchClaim.Answer.LATE_REFUSED,
    StatusOutcome.NOT_FOUND: BatchClaim.Answer.NOT_FOUND,
}


def _let_go(told: Iterable[Told], now: datetime) -> None:
    """Claims that are held here because their payer had them from a file that had been given up, and of which it says that it has not."""
    said = {row.claim_id: (row.asked_at, _NOT_THERE.get(answer.outcome)) for row, answer in told if _is_its_own(row)}
    places = arrived_places().filter(claim__in=said, claim__status__in=WITH_US).select_related("batch", "claim")
    for outcome in _NOT_THERE.values():
        gone = [
            place
            for place in places
            if said[place.claim_id][1] == outcome and left_at(place.batch) <= said[place.claim_id][0]
        ]
        not_there(gone, outcome, now=now)


def _is_its_own(row: StatusInquiry) -> bool:
    """A further payer's word is not this claim's."""
    return row.payer_id == row.claim.payer_id


def _reject(told: Iterable[Told], transmission: Transmission, now: datetime) -> int:
    """As if its 277CA had come: into the exception queue with their reason."""
    refused = {
        row.claim.control_number: (row, said)
        for row, said in told
        if said.outcome is StatusOutcome.REJECTED and _is_its_own(row)
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
