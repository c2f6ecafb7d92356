"""A correction that was begun and has not gone out is cancelled: the claim says and stands again as its payer answered it."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import BatchClaim, Claim, ClaimEvent, Correction, FieldChange
from apps.claims.rules.correction_routes import WAY_NAMES, Way
from apps.claims.rules.fields import Change
from apps.claims.selectors.corrections import cannot_cancel, given_up_places, newest_claim, version_of
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import change_fields, locked_claims
from apps.claims.services.lines_off import take_off
from apps.claims.services.move_claims import move_claims
from apps.claims.services.start_correction import CorrectionRefusedError
from apps.claims.services.stop_claim import ReasonMissingError
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.intake.models import VisitConflict
from apps.worklist.queue import close_item

# What the payer itself named stays known, whoever typed it.
_KEPT = "claim.payer_claim_number"
# Of a file that was counted as lost, or in which the payer did not find it.
_MAY_ARRIVE = (BatchClaim.Answer.RELEASED, BatchClaim.Answer.NOT_FOUND)


@transaction.atomic
def cancel_correction(*, correction_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """The claim's own fields, its lines, frequency and state are what they were when the correction (public id) began; what was mended
    of the patient or the plan stays, for that is true of them.

    Of a reopening: the payer is not asked. Raises ReasonMissingError; CorrectionRefusedError where it has gone out, was answered or
    is over; Correction.DoesNotExist.
    """
    words = reason.strip()[:200]
    if not words:
        raise ReasonMissingError("Give a reason.")
    claim_id = Correction.objects.values_list("claim__public_id", flat=True).get(public_id=correction_id)
    (claim,) = locked_claims([claim_id])
    correction = Correction.objects.select_related("work_item").get(public_id=correction_id)
    if refusal := cannot_cancel(claim, correction, newest_claim(claim.corrections.all())):
        raise CorrectionRefusedError(refusal)
    taken = VisitConflict.objects.filter(encounter=claim.encounter_id, state=VisitConflict.State.TAKEN)
    if taken.filter(settled_at__gte=correction.started_at).exists():
        raise CorrectionRefusedError(
            "This correction takes over what the EHR tells of the visit, which was decided. Change the claim's fields instead."
        )
    correction.closed_at, correction.closed_by, correction.cancel_reason = now, acting_user, words
    correction.after = version_of(claim)
    correction.save(update_fields=["closed_at", "closed_by", "cancel_reason", "after"])
    what = f"{WAY_NAMES[Way(correction.way)]} cancelled: {words}"[:240]
    if correction.way == Way.REOPENING:
        close_item(correction.work_item, acting_user=acting_user, now=now, outcome=f"Cancelled: {words}")
        ClaimEvent.objects.create(claim=claim, at=now, what=what, actor=acting_user)
    else:
        _restore(claim, correction, words, acting_user, now)
        status = ClaimStatus(correction.status_before)
        if given_up_places(claim, correction).filter(answer__in=_MAY_ARRIVE).exists():
            what = f"{what[:150]} It had gone out in a file that was given up: should the payer have it, you are told."
        if claim.adjudications.exists() and not claim.adjudications.filter(reversed=False).exists():
            status, what = ClaimStatus.REVERSED, f"{what[:150]} The payer has taken its answer back in the meantime."
        move_claims([claim], status, what=what, now=now, acting_user=acting_user)
        close_item(claim.work_item, acting_user=acting_user, now=now, outcome="The correction was cancelled.")
        nudge("follow_postings")  # the denial that it answered and the patient's share are open again
    audit_claim("cancel_correction", claim, acting_user=acting_user, now=now)


def _restore(claim: Claim, correction: Correction, words: str, acting_user: User, now: datetime) -> None:
    before = correction.before
    stood = {line["number"]: line for line in before["lines"]}
    for line in list(claim.lines.all()):
        if line.number not in stood:
            take_off(claim, line, f"The correction was cancelled: {words}", acting_user=acting_user, now=now)
    change_fields(claim, _undone(claim, correction), acting_user=acting_user, now=now)
    for number, line in stood.items():
        claim.lines.filter(number=number).update(left_out=line.get("left_out", False))
    claim.frequency = before["frequency"]
    claim.save(update_fields=["frequency"])


def _undone(claim: Claim, correction: Correction) -> list[Change]:
    """Each field of the claim and its lines that was changed since, as it was before the first change."""
    numbers = set(claim.lines.values_list("number", flat=True))
    rows = FieldChange.objects.filter(claim=claim, at__gte=correction.started_at).order_by("pk")
    first: dict[tuple[str, int | None], str] = {}
    for row in rows:
        ours = row.field.startswith("claim.") or (row.field.startswith("line.") and row.line in numbers)
        if ours and row.field != _KEPT:
            first.setdefault((row.field, row.line), row.before)
    return [Change(field, value, line) for (field, line), value in first.items()]
