"""An answer that does not name our file speaks of its claims by their numbers, which stay when they are sent again: which sending is meant.

Of a claim that was sent more than once, an answer that is dated before it left as it is under way now speaks of an earlier sending, and
so does one whose transaction had come before it left, and said the same: a file may come whole after it came cut, or twice.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from apps.claims.models import BatchClaim, ClaimEvent
from apps.claims.rules.answer_days import answer_day, earliest_day
from apps.claims.selectors.earlier_sendings import first_left_at, left_at, said_before, saying, told_of_sending
from apps.connectors.models import Transmission
from apps.x12.guides.x277ca import ClaimAcknowledgment, ClaimStatus, ReceiverStatus

_CHANGES_NOTHING = "it speaks of an earlier sending and changes nothing."
_REPEATED = f"An answer that had come before this claim was last sent came once more: {_CHANGES_NOTHING}"


class Meant(NamedTuple):
    """`places` of which an answer can speak; by claim the place of which it does not, since it speaks of an `earlier` sending, and the
    sentence why. `outdated`: the segments at which it says of the first only what had been said of an earlier sending.
    """

    places: list[BatchClaim]
    earlier: dict[int, tuple[BatchClaim, str]]
    outdated: frozenset[int]


def meant_places(places: Sequence[BatchClaim], body: ClaimAcknowledgment, receiver: ReceiverStatus) -> Meant:
    """Which of `places` the answer means."""
    said: dict[str, list[ClaimStatus]] = {}
    for provider in receiver.providers:
        for claim in provider.claims:
            said.setdefault(claim.control_number, []).append(claim)
    first = first_left_at([place.claim_id for place in places])
    meant: list[BatchClaim] = []
    again: list[BatchClaim] = []
    for place in places:
        left = left_at(place.batch)
        # A file that was counted as lost is answered: it has left, whatever is believed of it yet.
        (again if first.get(place.claim_id, left) < left else meant).append(place)
    before = said_before(again) if again else {}
    earlier: dict[int, tuple[BatchClaim, str]] = {}
    outdated: set[int] = set()
    for place in again:
        words = said[place.claim.control_number]
        new = [each for each in words if saying(body, each) not in before.get(place.pk, ())]
        early = _early_ones(new, body, earliest_day(first[place.claim_id]), earliest_day(left_at(place.batch)))
        if len(early) < len(new):
            meant.append(place)
            outdated.update(each.segment for each in words if each not in new or each.segment in early)
        else:
            earlier[place.claim_id] = place, _early(max(early.values())) if early else _REPEATED
    for place in meant:
        earlier.pop(place.claim_id, None)
    return Meant(meant, earlier, frozenset(outdated))


def _early_ones(new: Sequence[ClaimStatus], body: ClaimAcknowledgment, first_sent: date, left: date) -> dict[int, date]:
    """By segment, the days of those that are dated before the sending that is under way."""
    days = {each.segment: answer_day(each, body.created_on, first_sent=first_sent) for each in new}
    return {segment: day for segment, day in days.items() if day and day < left}


def _early(day: date) -> str:
    return f"An answer of {day:%b} {day.day}, {day.year} came, from before this claim was last sent: {_CHANGES_NOTHING}"


def tell_earlier(earlier: Collection[tuple[BatchClaim, str]], file: Transmission, *, now: datetime) -> None:
    """What speaks of an earlier sending than the one under way is kept in the claim's timeline, once a sending."""
    known = told_of_sending(earlier)
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(claim_id=place.claim_id, at=now, what=what, transmission=file)
            for place, what in earlier
            if (place, what) not in known
        ],
        batch_size=1000,
    )
