from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.trail import record
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, WriteOffReason
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
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LIVE, Balance, WriteOffRequest
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.stop_balance import NotLiveError
from apps.patient_balances.services.work import DETAIL, withdraw_for_balances

TOO_SMALL = "Less is left than the practice asks for: written off."


@transaction.atomic
def write_off_balance(*, balance_id: str, reason: str, note: str, acting_user: User, now: datetime) -> WriteOffResult:
    """What is still owed is given up: posted to the write-off account, its messages taken back, its claim written off.

    Above the practice's limit an administrator is asked to approve it first. `reason` is a WriteOffReason. Raises NotLiveError
    and ApprovalError.
    """
    why, words = checked_reason(reason, note)
    balance = _locked(balance_id)
    if balance.state not in LIVE:
        raise NotLiveError("This balance is settled.")
    if balance.write_off_requests.filter(state=WriteOffRequest.State.OPEN).exists():
        raise ApprovalError("A write-off of this balance waits for an administrator already.")
    owed = _owed(balance)
    if needs_approval(owed):
        row = WriteOffRequest(
            balance=balance, amount=owed, reason=why, note=words, requested_by=acting_user, requested_at=now
        )
        _record("ask_write_off", balance, acting_user, now, amount=str(owed), reason=why.value)
        return ask_approval(row, url_name=DETAIL, subject_public_id=balance.public_id, now=now)
    return WriteOffResult(_write_off_as(balance, why, words, acting_user, now))


@transaction.atomic
def decide_balance_write_off(
    *, request_id: str, approved: bool, note: str, acting_user: User, now: datetime
) -> WriteOffResult:
    """Another person's word on a request: the amount that was asked for, and no other. Of a balance that was settled meanwhile nothing is
    written off. Raises ApprovalError, also where another amount is owed by now.
    """
    asked = WriteOffRequest.objects.select_related("balance").get(public_id=request_id, review=None)
    if asked.balance is None:
        raise ValueError("The database keeps a request of no balance from being one.")
    balance = _locked(asked.balance.public_id)
    if balance.state not in LIVE:
        withdraw_requests(balance.write_off_requests.all(), now=now)
        return WriteOffResult(ZERO)
    row = WriteOffRequest.objects.select_for_update(of=("self",)).select_related("work_item").get(pk=asked.pk)
    decide_request(row, approved=approved, note=note, acting_user=acting_user, now=now)
    _record("decide_write_off", balance, acting_user, now, amount=str(row.amount), approved=approved)
    if not approved:
        return WriteOffResult(ZERO)
    if told := moved_since(row, _owed(balance), "is owed"):
        raise ApprovalError(f"{told} Refuse this, and ask for the write-off anew.")
    return WriteOffResult(_write_off_as(balance, WriteOffReason(row.reason), row.note, acting_user, now))


def _locked(balance_id: str) -> Balance:
    return locked_balances([Balance.objects.only("pk").get(public_id=balance_id).pk])[0]


def _owed(balance: Balance) -> Decimal:
    """Dollars; a credit is nothing owed."""
    return max(sum(owed_by_charge([balance.pk])[balance.pk].values(), ZERO), ZERO)


def _write_off_as(balance: Balance, why: WriteOffReason, words: str, acting_user: User, now: datetime) -> Decimal:
    moved = take_off([balance], why="Written off.", reason=why, now=now)
    if balance.claim and balance.claim.status == ClaimStatus.PATIENT_BALANCE:
        what = "The patient's part was written off."
        move_claims([balance.claim], ClaimStatus.WRITTEN_OFF, what=what, now=now, acting_user=acting_user)
    _record("write_off_balance", balance, acting_user, now, amount=str(moved), reason=why.value, note=words)
    return moved


def _record(action: str, balance: Balance, acting_user: User, now: datetime, **told: Any) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="balance",
        subject_public_id=balance.public_id,
        patients=[balance.patient.public_id],
        **told,
    )


def take_off(balances: Sequence[Balance], *, why: str, reason: WriteOffReason, now: datetime) -> Decimal:
    """Post what each balance owes to the write-off account and settle it. The dollars. Their rows and claims are locked."""
    if not balances:
        return ZERO
    lines = owed_by_charge([row.pk for row in balances])
    owed = {row.pk: max(sum(lines[row.pk].values(), ZERO), ZERO) for row in balances}
    entries = [_write_off(row, spread(owed[row.pk], lines[row.pk]), reason, now) for row in balances if owed[row.pk]]
    post_entries(entries, now=now)
    for row in balances:
        row.state, row.stopped_reason = Balance.State.WRITTEN_OFF, ""
    Balance.objects.bulk_update(balances, ["state", "stopped_reason"])
    withdraw_for_balances(balances, now=now, outcome=why)
    cancel_messages([row.pk for row in balances], why=why, now=now)
    return sum(owed.values(), ZERO)


def _write_off(balance: Balance, parts: Mapping[int, Decimal], reason: WriteOffReason, now: datetime) -> NewEntry:
    legs = [
        leg
        for charge, part in parts.items()
        for leg in (
            NewLeg(Account.WRITE_OFF, part, balance.patient_id, charge),
            NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge),
        )
    ]
    key = f"write_off:{balance.public_id}:{now.isoformat()}"
    return NewEntry(Entry.Kind.ADJUSTMENT, key, practice_date(now), tuple(legs), reason=reason)
