"""A payer does not find a claim whose file arrived: a person looked, and it is sent again, with the proof of the first sending."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import BatchClaim, Claim, StatusInquiry
from apps.claims.selectors.inquiries import newest_answers
from apps.claims.services.change_fields import locked_claims
from apps.claims.services.move_claims import move_claims
from apps.claims.services.scrub_claims import scrub_these
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.worklist.queue import close_item

Outcome = StatusInquiry.Outcome


class ResendRefusedError(Exception):
    """A sentence for people: why the claim is not sent again."""


@transaction.atomic
def resend_claim(*, claim_id: str, note: str, acting_user: User, now: datetime) -> ClaimStatus:
    """The claim is scrubbed by today's rules and leaves again with the next file (READY), or is held (EXCEPTION). `note` says how it is
    known that the payer has it not.

    Only where the payer's newest answer to our inquiry is that it finds none, and it has not accepted it. Raises ResendRefusedError.
    """
    (claim,) = locked_claims([claim_id])
    place = unfound_place(claim)
    if place is None:
        raise ResendRefusedError("The payer has not said that it does not find this claim, or has answered it since.")
    words = note.strip()[:100]
    if not words:
        raise ResendRefusedError("Say in a few words how you know that the payer does not have it.")
    place.in_flight, place.answer, place.answered_at = False, BatchClaim.Answer.NOT_FOUND, now
    place.save(update_fields=["in_flight", "answer", "answered_at"])
    what = f"Sent again: {claim.payer.name} does not find it. {words} Proof of the first sending: {proof(place)}"
    file = place.batch.transmission
    close_item(claim.work_item, acting_user=acting_user, now=now, outcome="Sent again.")
    move_claims([claim], ClaimStatus.DRAFT, what=what, now=now, acting_user=acting_user, transmission=file)
    record(
        "resend_claim",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
        batch=place.batch.public_id,
    )
    scrub_these([claim.pk], now=now)
    claim.refresh_from_db(fields=["status"])
    return ClaimStatus(claim.status)


def unfound_place(claim: Claim) -> BatchClaim | None:
    """Its place in the file that arrived and of which the payer says that it finds nothing."""
    if claim.status not in {ClaimStatus.SUBMITTED, ClaimStatus.ACKNOWLEDGED}:
        return None
    newest = newest_answers([claim.pk]).get(claim.pk)
    if newest is None or newest.outcome != Outcome.NOT_FOUND or newest.payer_id != claim.payer_id:
        return None
    places = claim.memberships.filter(in_flight=True, batch__sent_at__lte=newest.asked_at)
    return places.select_related("batch__transmission").defer("batch__transmission__payload").first()


def proof(place: BatchClaim) -> str:
    """What shows the payer that it was filed in time: the file, its number, and when it arrived."""
    batch = place.batch
    sent = f", sent {batch.sent_at:%b} {batch.sent_at.day}, {batch.sent_at.year}" if batch.sent_at else ""
    said = f"; {place.get_answer_display().lower()}" if place.answer else ""
    return f"file {batch.transmission.name} ({batch.reference}){sent}{said}."
