from datetime import datetime

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
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.stop_balance import NotLiveError
from apps.patient_balances.services.work import withdraw_for_balances


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
    owed = {charge: part for charge, part in owed_by_charge([balance.pk])[balance.pk].items() if part > ZERO}
    legs = [
        leg
        for charge, part in owed.items()
        for leg in (
            NewLeg(Account.WRITE_OFF, part, balance.patient_id, charge),
            NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge),
        )
    ]
    key = f"write_off:{balance.public_id}:{now.isoformat()}"
    if legs:
        post_entries([NewEntry(Entry.Kind.ADJUSTMENT, key, practice_date(now), tuple(legs))], now=now)
    balance.state, balance.stopped_reason = Balance.State.WRITTEN_OFF, ""
    balance.save(update_fields=["state", "stopped_reason"])
    withdraw_for_balances([balance], now=now, outcome="Written off.")
    cancel_messages([balance.pk], why="Written off.", now=now)
    if balance.claim.status == ClaimStatus.PATIENT_BALANCE:
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
        amount=str(sum(owed.values(), ZERO)),
    )
