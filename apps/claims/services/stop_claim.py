"""A person keeps a claim back, or takes it out of the world."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim, Finding
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import HELD
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import (
    ClaimNotEditableError,
    locked_claims,
    require_editable,
    require_not_with_payer,
)
from apps.claims.services.edit_claim import scrub_siblings
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.move_claims import move_claims
from apps.claims.services.settle_lines_off import close_lines_off
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.ledger.services import take_back_charges, take_back_transfer
from apps.worklist.queue import close_item


class ReasonMissingError(ValueError):
    """A hold or a void without a reason."""


@transaction.atomic
def hold_claim(*, claim_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """Not sent until somebody overrides the hold. Raises ClaimNotEditableError, ReasonMissingError."""
    claim = _editable(claim_id, reason)
    found = Found(HELD, Issue(reason.strip()))
    hold = Hold(claim.pk, ClaimStatus.EXCEPTION, "Held by a person.", (found,))
    hold_claims([hold], now=now, acting_user=acting_user)
    audit_claim("hold", claim, acting_user=acting_user, now=now)


@transaction.atomic
def void_claim(*, claim_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """A claim that must not be: its charges leave the receivables; of a claim to a further payer what that one was to pay is the
    patient's again. Only while it is with us and no payer's answer stands; a claim at a payer, also one that is held here and arrived
    there after all, is voided by frequency 8 first, and here once the payer has taken its answer back.

    Raises ClaimNotEditableError, ReasonMissingError.
    """
    claim = _voidable(claim_id, reason)
    if claim.adjudications.filter(reversed=False).exists():
        raise ClaimNotEditableError(
            "A payer has answered this claim and its money is posted, so it cannot be voided here."
            " Send a correction, or ask the payer to take its answer back."
        )
    require_not_with_payer(claim)
    if claim.payer_rank > 1:
        take_back_transfer(claim=claim.public_id, encounter_id=claim.encounter_id, now=now)
        nudge("open_balances")
    else:
        _take_back_charges(claim, now)
    Finding.objects.filter(claim=claim, state=Finding.State.OPEN).update(
        state=Finding.State.SUPERSEDED, settled_by=acting_user, settled_at=now
    )
    what = f"Voided: {reason.strip()}"
    move_claims([claim], ClaimStatus.VOIDED, what=what[:240], now=now, acting_user=acting_user)
    close_item(claim.work_item, acting_user=acting_user, now=now, outcome="The claim was voided.")
    close_lines_off(claim, f"The claim was voided: {reason.strip()}", acting_user=acting_user, now=now)
    scrub_siblings([claim], now=now)
    audit_claim("void", claim, acting_user=acting_user, now=now)


def _take_back_charges(claim: Claim, now: datetime) -> None:
    if Claim.objects.filter(encounter=claim.encounter_id, payer_rank__gt=1).exclude(status=ClaimStatus.VOIDED).exists():
        raise ClaimNotEditableError("This visit has been billed on to another payer: void that claim first.")
    billed = claim.lines.exclude(charge__amount=0).values_list("charge_id", flat=True)
    take_back_charges(list(billed), now=now)


def _editable(claim_id: str, reason: str) -> Claim:
    if not reason.strip():
        raise ReasonMissingError("Give a reason.")
    (claim,) = locked_claims([claim_id])
    require_editable(claim)
    return claim


def _voidable(claim_id: str, reason: str) -> Claim:
    (claim,) = locked_claims([claim_id])
    if claim.status == ClaimStatus.REVERSED and claim.frequency == "8" and reason.strip():
        return claim
    return _editable(claim_id, reason)
