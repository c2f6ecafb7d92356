from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.core.money import ZERO
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LIVE, Balance
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.work import BY_REASON, open_for_balances, withdraw_for_balances

State = Balance.State


class NotLiveError(Exception):
    """The balance is settled: nothing is sent for it, so nothing can be stopped or resumed."""


class ProtectedError(Exception):
    """The balance may not be billed, whoever asks: no decision of the practice's lifts that (42 CFR 447.15, 1902(n)(3)(B))."""


@transaction.atomic
def stop_balance(*, balance_id: str, reason: Balance.Stop, acting_user: User | None, now: datetime) -> None:
    """Nothing more is sent for it, queued messages included, until a person resumes it. Raises NotLiveError, ProtectedError."""
    balance = _locked(balance_id)
    balance.state, balance.stopped_reason = State.STOPPED, reason
    balance.save(update_fields=["state", "stopped_reason"])
    cancel_messages([balance.pk], why=f"Stopped: {reason.label}.", now=now)
    task = BY_REASON.get(reason)
    if task:
        open_for_balances([(balance, task, owed_by_balance([balance.pk])[balance.pk])], now=now)
    else:
        withdraw_for_balances([balance], now=now, outcome=f"Stopped: {reason.label}.")
    _tell("stop_balance", balance, acting_user, now)


@transaction.atomic
def resume_balance(*, balance_id: str, acting_user: User, now: datetime) -> None:
    """The sequence goes on where it stood; touches that went out are not repeated. Raises NotLiveError, ProtectedError."""
    balance = _locked(balance_id)
    if owed_by_balance([balance.pk])[balance.pk] <= ZERO:
        raise NotLiveError("Nothing is owed on this balance.")
    balance.bill_anyway |= balance.stopped_reason == Balance.Stop.OTHER_COVERAGE
    balance.state, balance.stopped_reason = State.OPEN, ""
    balance.save(update_fields=["state", "stopped_reason", "bill_anyway"])
    withdraw_for_balances([balance], now=now, outcome="The sequence goes on.")
    _tell("resume_balance", balance, acting_user, now)


def _locked(balance_id: str) -> Balance:
    row = Balance.objects.only("pk").get(public_id=balance_id)
    balance = locked_balances([row.pk])[0]
    if balance.state not in LIVE:
        raise NotLiveError("This balance is settled.")
    if balance.stopped_reason == Balance.Stop.PROTECTED:
        # Not even for another reason: that one could be lifted.
        raise ProtectedError("Medicaid or QMB: this patient may not be billed. Bill Medicaid or write it off.")
    return balance


def _tell(action: str, balance: Balance, acting_user: User | None, now: datetime) -> None:
    if acting_user:
        record(
            action,
            acting_user=acting_user,
            now=now,
            subject_kind="balance",
            subject_public_id=balance.public_id,
            patients=[balance.patient.public_id],
            reason=balance.stopped_reason,
        )
