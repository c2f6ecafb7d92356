"""A line is taken off its claim, so that the rest can go; its charge is put back later, or left unbilled. Nothing is lost on the way."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.claims.models import Claim, ClaimLine, Finding, LineOff
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import (
    ClaimNotEditableError,
    locked_claims,
    require_coder,
    require_editable,
    require_not_with_payer,
)
from apps.claims.services.edit_claim import scrub_siblings, touch
from apps.claims.services.scrub_claims import scrub_these
from apps.claims.services.settle_lines_off import settle_line_off
from apps.claims.services.stop_claim import ReasonMissingError
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.ledger.services import ChargePosting, charge_again, take_back_charges
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item, restate_amount

LINE_OFF_KIND = "line_off"
_COPIED = (
    *("charge_id", "number", "control_number", "procedure", "modifiers", "units", "amount", "diagnosis_pointers"),
    *("ndc", "ndc_units", "ndc_unit_measure"),
)


class LineNotMovableError(Exception):
    """The line cannot be taken off or put back now. The message says why and what to do instead."""


@transaction.atomic
def take_line_off(*, claim_id: str, line: int, reason: str, acting_user: User, now: datetime) -> ClaimStatus:
    """The line (its number) leaves the claim, which is scrubbed again: READY or EXCEPTION. Its charge leaves the receivables.

    For a coder, of a claim to the first payer that no payer has answered. Whether the charge is billed after all stays a task.
    Raises PermissionDenied, ReasonMissingError, ClaimNotEditableError, LineNotMovableError.
    """
    claim = movable_claim(claim_id, reason, acting_user)
    lines = {each.number: each for each in claim.lines.all()}
    if line not in lines:
        raise LineNotMovableError(f"The claim has no line {line}.")
    if len(lines) == 1:
        raise LineNotMovableError("This is the claim's only line. Void the claim instead.")
    take_off(claim, lines[line], reason.strip(), acting_user=acting_user, now=now)
    return scrubbed(claim, f"Line {line} taken off: {reason.strip()}", "take_line_off", acting_user, now)


@transaction.atomic
def put_line_back(*, line_off_id: str, reason: str, acting_user: User, now: datetime) -> ClaimStatus:
    """The line stands on the claim again as it was, and its charge is owed again. The claim is scrubbed: READY or EXCEPTION.

    Raises as `take_line_off`, LineOff.DoesNotExist.
    """
    claim = movable_claim(claim_of(line_off_id).public_id, reason, acting_user)
    off = open_line_off(line_off_id)
    put_on(claim, off, reason, acting_user=acting_user, now=now)
    return scrubbed(claim, f"Line {off.number} put back: {reason.strip()}", "put_line_back", acting_user, now)


@transaction.atomic
def leave_unbilled(*, line_off_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """The charge of a line that was taken off is not billed. It has left the receivables already; the decision is kept with its reason.

    Raises PermissionDenied, ReasonMissingError, LineNotMovableError, LineOff.DoesNotExist.
    """
    require_coder(acting_user)
    require_reason(reason)
    claim_of(line_off_id)
    off = open_line_off(line_off_id)
    settle_line_off(off, LineOff.State.UNBILLED, reason, acting_user=acting_user, now=now)
    audit_claim("leave_unbilled", off.claim, acting_user=acting_user, now=now)


def take_off(claim: Claim, line: ClaimLine, reason: str, *, acting_user: User, now: datetime) -> None:
    """The caller holds the claim's lock, and has seen that the line may go."""
    off = _keep(claim, line, reason, acting_user, now)
    line.delete()
    # What was overridden of this line is not said of another that may get its number.
    claim.findings.filter(line=line.number, state=Finding.State.OVERRIDDEN).update(line=None)
    if off.amount:
        take_back_charges([off.charge_id], now=now)
    restate_total(claim, -off.amount)


def put_on(claim: Claim, off: LineOff, reason: str, *, acting_user: User, now: datetime) -> ClaimLine:
    """As above."""
    line = ClaimLine.objects.create(claim=claim, **{name: getattr(off, name) for name in _COPIED})
    charge_again(ChargePosting(off.charge_id, claim.patient_id, off.amount, claim.payer_id), now=now)
    restate_total(claim, off.amount)
    settle_line_off(off, LineOff.State.BACK, reason, acting_user=acting_user, now=now)
    return line


def claim_of(line_off_id: str) -> Claim:
    """Locked. Raises LineOff.DoesNotExist."""
    claim_id = LineOff.objects.values_list("claim__public_id", flat=True).get(public_id=line_off_id)
    return locked_claims([claim_id])[0]


def require_first_payers(claim: Claim) -> None:
    """Its lines are the first payer's to answer, and no other has been billed on. Raises LineNotMovableError."""
    if claim.payer_rank > 1:
        raise LineNotMovableError("This bills what a payer before has left open. Its lines are that payer's to answer.")
    if Claim.objects.filter(encounter=claim.encounter_id, payer_rank__gt=1).exclude(status=ClaimStatus.VOIDED).exists():
        raise LineNotMovableError("This visit has been billed on to another payer: void that claim first.")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError("Give a reason.")


def movable_claim(claim_id: str, reason: str, acting_user: User) -> Claim:
    """A claim whose lines may still be changed together with their charges, locked. Raises as `take_line_off`."""
    require_coder(acting_user)
    require_reason(reason)
    (claim,) = locked_claims([claim_id])
    require_editable(claim)
    require_first_payers(claim)
    if claim.adjudications.exists():
        raise ClaimNotEditableError(
            "A payer has answered this claim, line by line. Correct its lines, or ask the payer to take its answer back."
        )
    require_not_with_payer(claim)
    return claim


def open_line_off(line_off_id: str) -> LineOff:
    """Locked; its claim is locked before. Raises LineNotMovableError."""
    rows = LineOff.objects.select_for_update(of=("self",)).select_related("claim__patient", "work_item")
    off = rows.get(public_id=line_off_id)
    if off.state != LineOff.State.OPEN:
        raise LineNotMovableError("This is decided already.")
    return off


def _keep(claim: Claim, line: ClaimLine, reason: str, acting_user: User, now: datetime) -> LineOff:
    item = open_item(
        kind=LINE_OFF_KIND,
        title=f"Decide about a charge that was taken off claim {claim.control_number}",
        owner_role=WorkItem.OwnerRole.CODER,
        url_name="claims:exception",
        subject_public_id=claim.public_id,
        now=now,
        due_on=claim.work_item.due_on if claim.work_item else None,
        amount_at_stake=line.amount,
    )
    return LineOff.objects.create(
        claim=claim,
        reason=reason[:300],
        taken_off_by=acting_user,
        taken_off_at=now,
        work_item=item,
        **{name: getattr(line, name) for name in _COPIED},
    )


def restate_total(claim: Claim, difference: Decimal) -> None:
    """In dollars: the claim's total, and what its work item says is at stake."""
    claim.total += difference
    claim.save(update_fields=["total"])
    if claim.work_item_id:
        restate_amount(claim.work_item_id, claim.total)


def scrubbed(claim: Claim, what: str, action: str, acting_user: User, now: datetime) -> ClaimStatus:
    """Told, audited under `action`, and scrubbed with the patient's other held claims: READY or EXCEPTION."""
    touch([claim], what[:240], acting_user=acting_user, now=now)
    audit_claim(action, claim, acting_user=acting_user, now=now)
    scrub_these([claim.pk], now=now, acting_user=acting_user)
    scrub_siblings([claim], now=now)
    claim.refresh_from_db()
    return ClaimStatus(claim.status)
