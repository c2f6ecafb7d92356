"""What no payer will pay: written off with a reason, or, where the payer says that the patient owes it, released to the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.claims.models import ClaimLine
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.money import ZERO
from apps.denials.models import UNDECIDED, Denial, WriteOffRequest
from apps.denials.rules.rights import appeal_rights
from apps.denials.services.take_denial import audit, take_denial
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import ChargePosition, charge_positions, claim_receivable
from apps.ledger.services import (
    ApprovalError,
    NewEntry,
    NewLeg,
    WriteOffResult,
    ask_approval,
    checked_reason,
    decide_request,
    moved_since,
    needs_approval,
    post_entries,
    withdraw_requests,
)
from apps.remittances.rules.movement import in_names
from apps.worklist import queue

_REASON_MISSING = "Give a reason."


class GiveUpError(ValueError):
    """Why this money cannot be moved, as a sentence."""


@transaction.atomic
def write_off(
    *, denial_id: str, reason: str, note: str, rights_given_up: bool, acting_user: User, now: datetime
) -> WriteOffResult:
    """Take what is left of the denied amount off the books, or, above the practice's limit, ask an administrator to approve it.

    `reason` is a WriteOffReason; where appeal rights remain, `rights_given_up` says that the person knows it. Raises
    DenialClosedError, GiveUpError.
    """
    why, words = _checked(reason, note)
    denial = take_denial(denial_id, now=now, states=UNDECIDED)
    rights = appeal_rights(denial.appeal_deadline, denial.remark_codes, clock.practice_date(now))
    if rights and not rights_given_up:
        raise GiveUpError(f"{rights} Say that you give that up, or appeal first.")
    waiting = denial.write_off_requests.filter(state=WriteOffRequest.State.OPEN)
    if waiting.exists():
        raise GiveUpError("A write-off of this denial waits for an administrator already.")
    told = {"reason": why.value, "rights_given_up": rights} if rights else {"reason": why.value}
    asked = _open_amount(denial)
    if needs_approval(asked):
        row = WriteOffRequest(
            denial=denial, amount=asked, reason=why, note=words, requested_by=acting_user, requested_at=now
        )
        audit("ask_write_off", denial, acting_user=acting_user, now=now, amount=str(asked), **told)
        return ask_approval(row, url_name="denials:card", subject_public_id=denial.public_id, now=now)
    return WriteOffResult(_write_off(denial, why, words, acting_user, now, **told))


@transaction.atomic
def decide_write_off(*, request_id: str, approved: bool, note: str, acting_user: User, now: datetime) -> WriteOffResult:
    """Another person's word on a request: the amount that was asked for, and no other, under the reason that was asked.

    Raises DenialClosedError, GiveUpError, also where another amount is open by now, WriteOffRequest.DoesNotExist.
    """
    asked = WriteOffRequest.objects.select_related("denial").get(public_id=request_id)
    denial = take_denial(asked.denial.public_id, now=now, states=UNDECIDED)
    row = WriteOffRequest.objects.select_for_update(of=("self",)).select_related("work_item").get(pk=asked.pk)
    try:
        decide_request(row, approved=approved, note=note, acting_user=acting_user, now=now)
    except ApprovalError as refusal:
        raise GiveUpError(str(refusal)) from refusal
    audit("decide_write_off", denial, acting_user=acting_user, now=now, approved=approved, amount=str(row.amount))
    if not approved:
        return WriteOffResult(ZERO)
    if told := moved_since(row, _open_amount(denial), "of it is open"):
        raise GiveUpError(f"{told} Refuse this, and ask for the write-off anew.")
    return WriteOffResult(_write_off(denial, WriteOffReason(row.reason), row.note, acting_user, now, reason=row.reason))


def _checked(reason: str, note: str) -> tuple[WriteOffReason, str]:
    try:
        return checked_reason(reason, note)
    except ApprovalError as refusal:
        raise GiveUpError(str(refusal)) from refusal


def _write_off(
    denial: Denial, why: WriteOffReason, words: str, acting_user: User, now: datetime, **told: str
) -> Decimal:
    moved = _post(denial, Account.WRITE_OFF, "write-off", now, why)
    _close(denial, Denial.State.WRITTEN_OFF, WriteOffReason.told(why, words), acting_user, now)
    _close_claim(denial, acting_user, now)
    audit("write_off", denial, acting_user=acting_user, now=now, amount=str(moved), **told)
    nudge("follow_postings")
    return moved


@transaction.atomic
def release_to_patient(*, denial_id: str, reason: str, acting_user: User, now: datetime) -> Decimal:
    """The patient owes it: only under group PR, and only because a person says so (DOMAIN 5). Raises DenialClosedError, GiveUpError."""
    words = reason.strip()
    if not words:
        raise GiveUpError(_REASON_MISSING)
    denial = take_denial(denial_id, now=now, states=UNDECIDED)
    if denial.group != "PR":
        raise GiveUpError("The payer does not let you bill the patient for this. Only PR amounts can be released.")
    moved = _post(denial, Account.PATIENT_RECEIVABLE, "release", now)
    if not moved:
        raise GiveUpError("Nothing of this amount is open any more.")
    _close(denial, Denial.State.RELEASED, words, acting_user, now)
    audit("release_to_patient", denial, acting_user=acting_user, now=now, amount=str(moved))
    nudge("follow_postings")
    return moved


def _post(denial: Denial, account: Account, verb: str, now: datetime, reason: WriteOffReason | None = None) -> Decimal:
    """Move what the insurance still owes of the denied amount, never more: other postings may have taken a part."""
    parts = _open_parts(denial)
    legs: list[NewLeg] = []
    for part in parts:
        whom = {"patient_id": denial.claim.patient_id, "charge_id": part.charge_id}
        name = None if account is Account.PATIENT_RECEIVABLE else part.payer_id
        legs += [
            NewLeg(account, part.amount, payer_id=name, **whom),
            NewLeg(Account.INSURANCE_RECEIVABLE, -part.amount, payer_id=part.payer_id, **whom),
        ]
    if legs:
        key = f"denial:{denial.public_id}:{verb}"
        entry = NewEntry(Entry.Kind.ADJUSTMENT, key, clock.practice_date(now), tuple(legs), reason=reason)
        post_entries([entry], now=now)
    return sum((part.amount for part in parts), ZERO)


@dataclass(frozen=True, slots=True)
class _OpenPart:
    """Dollars of a charge that stand open, and in whose name."""

    charge_id: int
    payer_id: int | None
    amount: Decimal


def _open_amount(denial: Denial) -> Decimal:
    return sum((part.amount for part in _open_parts(denial)), ZERO)


def _open_parts(denial: Denial) -> list[_OpenPart]:
    """What stands in the denying payer's name first, then in others': a further payer refuses what those left open as well."""
    lines: Sequence[ClaimLine] = [denial.line] if denial.line else list(denial.claim.lines.all())
    positions = charge_positions([line.charge_id for line in lines])
    left, parts = denial.amount, []
    for line in lines:
        stands = positions.get(line.charge_id, ChargePosition())
        amount = min(left, stands.receivable.insurance)
        if amount > 0:
            moved = in_names(-amount, stands.owed_by, denial.payer_id)
            parts += [_OpenPart(line.charge_id, payer, -part) for payer, part in moved.items()]
            left -= amount
    return parts


def _close(denial: Denial, state: Denial.State, reason: str, acting_user: User, now: datetime) -> None:
    denial.state, denial.close_reason, denial.closed_at = state, reason[:200], now
    denial.save(update_fields=["state", "close_reason", "closed_at"])
    withdraw_requests(denial.write_off_requests.all(), now=now)
    queue.close_item(denial.work_item, acting_user=acting_user, now=now, outcome=reason)


def _close_claim(denial: Denial, acting_user: User, now: datetime) -> None:
    """A claim of which nothing is owed any more by anyone; one that was partly paid is closed with its patient's part."""
    claim = denial.claim
    if claim.status not in {ClaimStatus.DENIED, ClaimStatus.IN_APPEAL}:
        return
    if claim_receivable(claim.lines.values_list("charge_id", flat=True)).total == ZERO:
        move_claims(
            [claim], ClaimStatus.WRITTEN_OFF, what="Written off after a denial.", now=now, acting_user=acting_user
        )
