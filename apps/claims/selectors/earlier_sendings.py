"""What was said of claims before they were sent as they are under way now, and when each was sent for the first time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Min

from apps.claims.models import Batch, BatchClaim, ClaimEvent
from apps.claims.rules.cut_file import whole_body
from apps.claims.selectors.batches import sendings
from apps.connectors.models import Transmission
from apps.core.encryption import LostKeyError
from apps.x12 import transactions
from apps.x12.guides.parts import Party
from apps.x12.guides.x277ca import ClaimAcknowledgment, ClaimStatus

_KINDS = ("277CA", "277")


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said of a claim, by whom, and in which transaction (BHT03 to BHT05): a file that is made anew says it once more."""

    source: Party
    reference: str
    created_on: date | None
    created_at: time | None
    claim: ClaimStatus


def left_at(batch: Batch) -> datetime:
    """No answer to the file is older, whatever is believed of its sending: the last of several attempts is no measure of it."""
    return batch.created_at


def first_left_at(claims: Sequence[int]) -> dict[int, datetime]:
    """By claim: when it was sent for the first time. Claims whose files never left are left out."""
    rows = sendings(claims).order_by().values_list("claim")
    return dict(rows.annotate(first=Min("batch__created_at")))


def said_before(places: Sequence[BatchClaim]) -> dict[int, list[Saying]]:
    """By place: what 277CAs said of its claim before its file was written, read anew from where it was said."""
    rows = ClaimEvent.objects.filter(
        claim__in={place.claim_id for place in places},
        transmission__kind__in=_KINDS,
        transmission__direction=Transmission.Direction.IN,
    )
    told: dict[int, list[tuple[int, datetime]]] = {}
    for claim, file, at in rows.values_list("claim", "transmission", "at"):
        told.setdefault(claim, []).append((file, at))
    spoken: dict[int, list[BatchClaim]] = {}
    for place in places:
        for file in {file for file, at in told.get(place.claim_id, ()) if at <= left_at(place.batch)}:
            spoken.setdefault(file, []).append(place)
    said: dict[int, list[Saying]] = {place.pk: [] for place in places}
    for source in Transmission.objects.filter(pk__in=spoken).defer("payload"):
        by_number: dict[str, list[Saying]] = {}
        for each in _read(source):
            by_number.setdefault(each.claim.control_number, []).append(each)
        for place in spoken[source.pk]:
            said[place.pk] += by_number.get(place.claim.control_number, ())
    return said


def told_of_sending(words: Collection[tuple[BatchClaim, str]]) -> set[tuple[BatchClaim, str]]:
    """Of these sentences about places those that stand in the claim's timeline since its file was written."""
    rows = ClaimEvent.objects.filter(
        claim__any_of={place.claim_id for place, _ in words}, what__in={what for _, what in words}
    )
    last = {(claim, what): at for claim, what, at in rows.order_by("at").values_list("claim", "what", "at")}
    return {
        (place, what)
        for place, what in words
        if (told := last.get((place.claim_id, what))) is not None and told >= left_at(place.batch)
    }


def saying(body: ClaimAcknowledgment, claim: ClaimStatus) -> Saying:
    return Saying(body.source, body.reference, body.created_on, body.created_at, claim)


def _read(file: Transmission) -> list[Saying]:
    """Nothing of a file that no key opens: the days of answers speak without it."""
    try:
        payload = file.payload
    except LostKeyError:
        return []
    bodies = (whole_body(each) for each in transactions(payload))
    return [saying(body, claim) for body in bodies if isinstance(body, ClaimAcknowledgment) for claim in body.claims]
