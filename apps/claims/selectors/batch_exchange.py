"""One file and all that was said of it: its timeline, the remittances of its claims, and what each hop answered of each claim."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.claims.models import Adjudication, Batch, BatchClaim, BatchEvent, Claim, ClaimEvent
from apps.connectors.models import Transmission

Answer = BatchClaim.Answer
NO_ANSWER = "none"  # in an address; the row's own value is empty
ANSWER_WORDS: dict[str, str] = {answer or NO_ANSWER: str(answer.label) for answer in Answer}


@dataclass(frozen=True, slots=True)
class Member:
    """A claim's place in the file, and what was said of it there, in the order of time."""

    place: BatchClaim
    said: list[ClaimEvent]


def events(batch: Batch) -> QuerySet[BatchEvent]:
    rows = batch.events.select_related("actor", "transmission").defer("transmission__payload")
    return rows.order_by("at", "pk")


def remittances(batch: Batch) -> QuerySet[Transmission]:
    """The 835s that decided claims of this file, the newest first."""
    decided = Adjudication.objects.filter(claim__memberships__batch=batch, recorded_at__gte=batch.created_at).values(
        "transmission"
    )
    rows = Transmission.objects.filter(pk__in=decided, kind="835").select_related("remittance_file")
    return rows.defer("payload").order_by("-at")


def answer_counts(batch: Batch) -> dict[str, int]:
    rows = batch.members.values_list("answer").annotate(number=Count("pk")).order_by("answer")
    return {answer or NO_ANSWER: number for answer, number in rows}


def members(batch: Batch, *, answer: str = "") -> QuerySet[BatchClaim]:
    rows = batch.members.select_related("claim__patient", "claim__payer").order_by("pk")
    if not answer:
        return rows
    return rows.filter(answer="" if answer == NO_ANSWER else answer)


def with_words(batch: Batch, places: Sequence[BatchClaim]) -> list[Member]:
    """What the file's answers say of each of these claims: two queries for any number of them."""
    files = BatchEvent.objects.filter(batch=batch, transmission__isnull=False).values("transmission")
    claims = [place.claim_id for place in places]
    said: dict[int, list[ClaimEvent]] = {claim: [] for claim in claims}
    rows = ClaimEvent.objects.filter(claim__in=claims, transmission__in=files).select_related("transmission")
    for event in rows.defer("transmission__payload").order_by("at", "pk"):
        said[event.claim_id].append(event)
    return [Member(place, said[place.claim_id]) for place in places]


def patients_in(segments: Sequence[str]) -> list[str]:
    """Public ids of those whose claims' control numbers stand in these segments."""
    words = {word for raw in segments for word in re.split(r"[^A-Z0-9]+", raw)}
    claims = Claim.objects.filter(control_number__in=words)
    return sorted(set(claims.values_list("patient__public_id", flat=True)))


def file_of(batch: Batch, public_id: str) -> Transmission | None:
    """The file itself, or an answer to it; none that concerns another file only."""
    if batch.transmission.public_id == public_id:
        return Transmission.objects.get(pk=batch.transmission_id)
    told = batch.events.filter(transmission__isnull=False).values("transmission")
    return Transmission.objects.filter(public_id=public_id, pk__in=told).first()
