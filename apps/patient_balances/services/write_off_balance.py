from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LIVE, Balance
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.stop_balance import NotLiveError
from apps.patient_balances.services.work import withdraw_for_balances

TOO_SMALL = "Less is left than the practice asks for: written off."


@transaction.atomic
def write_off_balance(*, balance_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """What is still owed is given up: posted to the write-off account, its messages taken back, its claim written off.

    Raises NotLiveError, and ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Say why it is written off.")
    balance = locked_balances([Balance.objects.only("pk").get(public_id=balance_id).pk])[0]
    if balance.state not in LIVE:
        raise NotLiveError("This balance is settled.")
    moved = take_off([balance], why="Written off.", now=now)
    if balance.claim and balance.claim.status == ClaimStatus.PATIENT_BALANCE:
        what = "The patient's part was written off."
        move_claims([balance.claim], ClaimStatus.WRITTEN_OFF, what=what, now=now, acting_user=acting_user)
    record(
        "write_off_balance",
        acting_user=acting_user,
        now=now,
        subject_kind="balance",
        subject_public_id=balance.public_id,
        patients=[balance.patient.public_id],
        reason=reason[:200],
        amount=str(moved),
    )


def take_off(balances: Sequence[Balance], *, why: str, now: datetime) -> Decimal:
    """Post what each balance owes to the write-off account and settle it. The dollars. Their rows and claims are locked."""
    if not balances:
        return ZERO
    lines = owed_by_charge([row.pk for row in balances])
    owed = {row.pk: max(sum(lines[row.pk].values(), ZERO), ZERO) for row in balances}
    entries = [_write_off(row, spread(owed[row.pk], lines[row.pk]), now) for row in balances if owed[row.pk]]
    post_entries(entries, now=now)
    for row in balances:
        row.state, row.stopped_reason = Balance.State.WRITTEN_OFF, ""
    Balance.objects.bulk_update(balances, ["state", "stopped_reason"])
    withdraw_for_balances(balances, now=now, outcome=why)
    cancel_messages([row.pk for row in balances], why=why, now=now)
    return sum(owed.values(), ZERO)


def _write_off(balance: Balance, parts: Mapping[int, Decimal], now: datetime) -> NewEntry:
    legs = [
        leg
        for charge, part in parts.items()
        for leg in (
            NewLeg(Account.WRITE_OFF, part, balance.patient_id, charge),
            NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge),
        )
    ]
    key = f"write_off:{balance.public_id}:{now.isoformat()}"
    return NewEntry(Entry.Kind.ADJUSTMENT, key, practice_date(now), tuple(legs))
