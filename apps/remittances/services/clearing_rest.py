"""What no claim explains of a payment: a claim that the file spoils is paid out of it, once a person says how much."""

from datetime import datetime
from decimal import Decimal

from apps.core.models import User
from apps.core.money import ZERO
from apps.remittances.models import RemittanceException, RemittancePayment
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.words import rest_sentence
from apps.remittances.services.settlements import mark_settled


def clearing_rest(payment: RemittancePayment, *, lock: bool = False) -> RemittanceException | None:
    """The open exception for it. A payment in two parts has one, at the first."""
    waiting = RemittanceException.objects.filter(
        payment=payment.continues_id or payment.pk, kind=Problem.CLEARING, state=RemittanceException.State.OPEN
    )
    if lock:
        waiting = waiting.select_for_update(of=("self",))
    return waiting.select_related("payment", "work_item").first()


def unexplained(rest: RemittanceException | None) -> Decimal:
    """Dollars; 0.00 where claims explain more than was paid."""
    return max(rest.amount, ZERO) if rest else ZERO


def take_from_rest(rest: RemittanceException, amount: Decimal, *, note: str, acting_user: User, now: datetime) -> None:
    """`amount` has found its claim; with the last of it the exception is settled. In the caller's transaction."""
    if amount == rest.amount:
        mark_settled(rest, note=note, acting_user=acting_user, now=now)
        return
    rest.amount -= amount
    if rest.payment is not None:
        rest.sentence = rest_sentence(rest.payment.amount - rest.amount, rest.payment.amount)
    rest.save(update_fields=["amount", "sentence"])
    if rest.work_item is not None:
        rest.work_item.amount_at_stake = rest.amount
        rest.work_item.save(update_fields=["amount_at_stake"])
