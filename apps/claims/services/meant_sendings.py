"""An answer that does not name our file speaks of its claims by their numbers, which stay when they are sent again: which sending is meant.

One that is dated before a claim left as it is under way now speaks of an earlier sending, and so does one that says word for word
what was said before it left: a file may come whole after it came cut, or twice.
"""

from collections.abc import Sequence
from datetime import date, datetime

from apps.claims.models import BatchClaim, ClaimEvent
from apps.claims.rules.answer_days import answer_day, earliest_day
from apps.claims.selectors.earlier_sendings import first_left_at, left_at, said_before
from apps.connectors.models import Transmission
from apps.x12.guides.x277ca import ClaimAcknowledgment, ReceiverStatus


def meant_places(
    places: Sequence[BatchClaim], body: ClaimAcknowledgment, receiver: ReceiverStatus
) -> tuple[list[BatchClaim], dict[int, date]]:
    """Those of `places` that the answer can speak of; and by claim the day of an answer that came too early for its place, and is new."""
    said = {claim.control_number: claim for provider in receiver.providers for claim in provider.claims}
    first = first_left_at([place.claim_id for place in places])
    again = [place for place in places if first[place.claim_id] < left_at(place.batch)]
    before = said_before(again) if again else {}
    meant: list[BatchClaim] = []
    early: dict[int, date] = {}
    for place in places:
        words = said[place.claim.control_number]
        day = answer_day(words, body.created_on, first_sent=earliest_day(first[place.claim_id]))
        if (body.source, words) in before.get(place.pk, ()):
            continue
        if day and day < earliest_day(left_at(place.batch)):
            early[place.claim_id] = day
        else:
            meant.append(place)
    return meant, early


def tell_early(early: dict[int, date], file: Transmission, *, now: datetime) -> None:
    """What came too early for the sending under way is kept in the claim's timeline."""
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(
                claim_id=claim,
                at=now,
                what=(
                    f"An answer of {day:%b} {day.day}, {day.year} came, from before this claim was last sent:"
                    " it speaks of an earlier sending and changes nothing."
                ),
                transmission=file,
            )
            for claim, day in early.items()
        ],
        batch_size=1000,
    )
