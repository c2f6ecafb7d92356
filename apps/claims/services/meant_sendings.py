"""An answer that does not name our file speaks of its claims by their numbers, which stay when they are sent again: which sending is meant.

Of a claim that was sent more than once, an answer that is dated before it left as it is under way now speaks of an earlier sending, and
so does one whose transaction had come before it left, and said the same: a file may come whole after it came cut, or twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from apps.claims.models import BatchClaim, ClaimEvent
from apps.claims.rules.answer_days import answer_day, earliest_day
from apps.claims.selectors.earlier_sendings import first_left_at, left_at, said_before, saying
from apps.connectors.models import Transmission
from apps.x12.guides.x277ca import ClaimAcknowledgment, ClaimStatus, ReceiverStatus

_CHANGES_NOTHING = "it speaks of an earlier sending and changes nothing."
_REPEATED = f"An answer that had come before this claim was last sent came once more: {_CHANGES_NOTHING}"


def meant_places(
    places: Sequence[BatchClaim], body: ClaimAcknowledgment, receiver: ReceiverStatus
) -> tuple[list[BatchClaim], dict[int, str]]:
    """Those of `places` that the answer can speak of; and by claim the sentence why it speaks of an earlier sending instead."""
    said: dict[str, list[ClaimStatus]] = {}
    for provider in receiver.providers:
        for claim in provider.claims:
            said.setdefault(claim.control_number, []).append(claim)
    first = first_left_at([place.claim_id for place in places])
    meant: list[BatchClaim] = []
    again: list[BatchClaim] = []
    for place in places:
        (again if first[place.claim_id] < left_at(place.batch) else meant).append(place)
    before = said_before(again) if again else {}
    earlier: dict[int, str] = {}
    for place in again:
        new = [
            words for words in said[place.claim.control_number] if saying(body, words) not in before.get(place.pk, ())
        ]
        first_sent = earliest_day(first[place.claim_id])
        days = [answer_day(words, body.created_on, first_sent=first_sent) for words in new]
        left = earliest_day(left_at(place.batch))
        early = [day for day in days if day and day < left]
        if len(early) < len(days):
            meant.append(place)
        else:
            earlier[place.claim_id] = _early(max(early)) if early else _REPEATED
    for place in meant:
        earlier.pop(place.claim_id, None)
    return meant, earlier


def _early(day: date) -> str:
    return f"An answer of {day:%b} {day.day}, {day.year} came, from before this claim was last sent: {_CHANGES_NOTHING}"


def tell_earlier(earlier: Mapping[int, str], file: Transmission, *, now: datetime) -> None:
    """What speaks of an earlier sending than the one under way is kept in the claim's timeline."""
    ClaimEvent.objects.bulk_create(
        [ClaimEvent(claim_id=claim, at=now, what=what, transmission=file) for claim, what in earlier.items()],
        batch_size=1000,
    )
