"""Where the money of a card payment stands once it is posted, held still while a part of it goes or comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from apps.core.money import ZERO
from apps.ledger.models import Account
from apps.ledger.services import NewLeg
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.selectors.given_back import left_of, same_payment
from apps.patient_balances.services.stray_payments import open_task
from apps.worklist.queue import restate_amount, withdraw_items

Kind = StrayPayment.Kind


@dataclass(frozen=True, slots=True)
class Taken:
    """On balances, or unapplied because nobody has placed it."""

    balances: Sequence[Balance] = ()
    unapplied: StrayPayment | None = None


def lock_taken(reference: str, intent: str) -> Taken | None:
    """None of a payment that is not posted. Locks it, unplaced money first, so that refund and payment cannot miss each other."""
    found = lock_unplaced(reference, intent)
    if balances := _paid_balances(same_payment(reference, intent)):
        return Taken(balances)
    if found is None:
        return None
    return Taken(locked_balances([found.applied_to_id])) if found.applied_to_id else Taken(unapplied=found)


def lock_unplaced(reference: str, intent: str) -> StrayPayment | None:
    """The money where it came without an owner, also when somebody has placed it since."""
    unplaced = StrayPayment.objects.filter(same_payment(reference, intent), kind=Kind.UNMATCHED)
    return unplaced.select_for_update(of=("self",)).order_by("pk").first()


def _paid_balances(same: Q) -> list[Balance]:
    rows = PatientPayment.objects.filter(same)
    balances = {row.pk: row for row in locked_balances(list(rows.values_list("balance_id", flat=True)))}
    paid = [row for row in rows.select_for_update().order_by("pk") if row.state == PatientPayment.State.PAID]
    return [balances[key] for key in sorted({row.balance_id for row in paid})]


def out_of_unapplied(amount: Decimal) -> tuple[NewLeg, ...]:
    """The exact opposite of the deposit: it is no payment of a patient, so no refund of one."""
    return NewLeg(Account.UNAPPLIED_CASH, amount), NewLeg(Account.DEPOSITS, -amount)


def restate_unplaced(unplaced: StrayPayment, now: datetime) -> None:
    """Its task is about what is left. Where nothing is, nobody has to find out whose it was, until some of it comes back."""
    left = left_of(unplaced)
    if left <= ZERO:
        unplaced.settled_at = now
        unplaced.save(update_fields=["settled_at"])
        if unplaced.work_item_id:
            withdraw_items([unplaced.work_item_id], now=now, outcome="All of it was given back.")
    elif unplaced.settled_at:
        unplaced.settled_at = None
        open_task(unplaced, left, now)
    elif unplaced.work_item_id:
        restate_amount(unplaced.work_item_id, left)
