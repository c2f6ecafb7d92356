"""A payer that takes no corrected claims reopens its decision: a person asks it by portal, phone or form. No claim is sent."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.claims.models import Claim, ClaimEvent, Correction
from apps.claims.rules.correction_routes import Way
from apps.claims.selectors.corrections import version_of
from apps.claims.selectors.filing import reopening_limit
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import locked_claims
from apps.claims.services.start_correction import CorrectionRefusedError, open_offer
from apps.core.clock import practice_date
from apps.core.models import User
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

REOPENING_KIND = "claim_reopening"
ASKED_WITHIN = timedelta(days=7)


@transaction.atomic
def start_reopening(*, claim_id: str, note: str, acting_user: User, now: datetime) -> Correction:
    """A task to ask the payer to reopen its decision; `note` says what is wrong and how it should be.

    Raises CorrectionRefusedError where the payer takes another way, its time for reopening is over, or such a task is open.
    """
    (claim,) = locked_claims([claim_id])
    offer = open_offer(claim, Way.REOPENING)
    if not note.strip():
        raise CorrectionRefusedError("Say what is wrong, and how it should be.")
    if claim.corrections.filter(way=Way.REOPENING, closed_at=None).exists():
        raise CorrectionRefusedError("The payer is being asked to reopen this claim already.")
    item = _open_work(claim, now)
    correction = Correction.objects.create(
        claim=claim,
        way=Way.REOPENING,
        why=offer.why[:240],
        note=note.strip()[:200],
        before=version_of(claim),
        status_before=claim.status,
        started_at=now,
        started_by=acting_user,
        work_item=item,
    )
    what = f"{claim.payer.name} is to be asked to reopen it: {correction.note}"
    ClaimEvent.objects.create(claim=claim, at=now, what=what[:240], actor=acting_user)
    audit_claim("start_reopening", claim, acting_user=acting_user, now=now)
    return correction


@transaction.atomic
def close_reopening(*, claim_id: str, channel: str, reference: str, acting_user: User, now: datetime) -> None:
    """The payer was asked; its reference number is the proof. Its new answer comes as a remittance. Raises CorrectionRefusedError."""
    (claim,) = locked_claims([claim_id])
    correction = claim.corrections.filter(way=Way.REOPENING, closed_at=None).select_related("work_item").first()
    if correction is None:
        raise CorrectionRefusedError("No reopening of this claim waits to be asked for.")
    if channel not in Correction.Channel.values or not reference.strip():
        raise CorrectionRefusedError("Choose how the payer was asked, and enter its reference number.")
    correction.channel, correction.reference = channel, reference.strip()[:60]
    correction.closed_at, correction.closed_by = now, acting_user
    correction.save(update_fields=["channel", "reference", "closed_at", "closed_by"])
    close_item(correction.work_item, acting_user=acting_user, now=now, outcome=f"Reference {correction.reference}.")
    what = f"{claim.payer.name} was asked to reopen it by {correction.get_channel_display().lower()}, reference {correction.reference}."
    ClaimEvent.objects.create(claim=claim, at=now, what=what[:240], actor=acting_user)
    audit_claim("close_reopening", claim, acting_user=acting_user, now=now)


def _open_work(claim: Claim, now: datetime) -> WorkItem:
    today = practice_date(now)
    limit = reopening_limit(claim)
    if limit is not None and limit.last < today:
        raise CorrectionRefusedError(f"{claim.payer.name} reopened this decision {limit}. An appeal may still be open.")
    due = today + ASKED_WITHIN
    return open_item(
        kind=REOPENING_KIND,
        title=f"Ask {claim.payer.name} to reopen claim {claim.control_number}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:claim",
        subject_public_id=claim.public_id,
        now=now,
        due_on=min(due, limit.last) if limit else due,
        amount_at_stake=claim.total,
    )
