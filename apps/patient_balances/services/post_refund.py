"""Money that the processor gave back: the payment's balances owe it again, a credit among them first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.stray_payments import keep_stray
from apps.worklist.queue import withdraw_items


def post_refund(event: PaymentEvent, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was taken before. A refund of a payment that is not posted (yet) waits for it, as a person's work.

    The processor tells the sum of all refunds of the payment; what is new of it is posted.
    """
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    balances = _paid_balances(event.reference)
    if not balances:
        return keep_stray(event, StrayPayment.Kind.REFUND, transmission=transmission, now=now)
    fresh = event.amount - _given_back(event.reference)
    if fresh > ZERO:
        refund = StrayPayment(
            kind=StrayPayment.Kind.REFUND,
            event_id=event.event_id,
            processor_id=event.processor_id,
            reference=event.reference,
            at=event.at,
            transmission=transmission,
        )
        _post(refund, fresh, balances, now)
    return fresh > ZERO


def post_waiting_refunds(reference: str, *, now: datetime) -> None:
    """The payment has come after its refunds: they are posted in their order, and nobody has to look for it any more.

    Those that a person has closed meanwhile are posted too: closing ends the looking, not the refund.
    """
    waiting = StrayPayment.objects.filter(kind=StrayPayment.Kind.REFUND, reference=reference, entry=None)
    for refund in waiting.select_for_update(of=("self",)).order_by("at", "pk") if reference else ():
        balances = _paid_balances(reference)
        fresh = Decimal(refund.amount) - _given_back(reference)
        if balances and fresh > ZERO:
            _post(refund, fresh, balances, now)
        elif balances:
            refund.settled_at = refund.settled_at or now
            refund.save(update_fields=["settled_at"])
        if balances and refund.work_item_id:
            withdraw_items([refund.work_item_id], now=now, outcome="Its payment has come.")


def _paid_balances(reference: str) -> list[Balance]:
    """Of a payment that is posted; locked with its rows, so that payment and refund cannot miss each other."""
    if not reference:
        return []
    rows = PatientPayment.objects.filter(reference=reference)
    balances = {row.pk: row for row in locked_balances(list(rows.values_list("balance_id", flat=True)))}
    paid = [row for row in rows.select_for_update().order_by("pk") if row.state == PatientPayment.State.PAID]
    return [balances[key] for key in sorted({row.balance_id for row in paid})]


def _given_back(reference: str) -> Decimal:
    posted = StrayPayment.objects.filter(kind=StrayPayment.Kind.REFUND, reference=reference, entry__isnull=False)
    return posted.aggregate(total=Sum("amount"))["total"] or ZERO


def _post(refund: StrayPayment, amount: Decimal, balances: Sequence[Balance], now: datetime) -> None:
    key = f"refund:{refund.event_id}"
    legs = (NewLeg(Account.REFUNDS, -amount, balances[0].patient_id), *_legs(amount, balances))
    entry = NewEntry(Entry.Kind.PATIENT_PAYMENT, key, practice_date(refund.at), legs, refund.transmission_id)
    refund.entry_id = post_entries([entry], now=now).entry_id(key)
    refund.amount, refund.settled_at = amount, refund.settled_at or now
    refund.save()
    bring_up_to_date([row.pk for row in balances], now=now)


def _legs(amount: Decimal, balances: Sequence[Balance]) -> list[NewLeg]:
    """Credits are given back first; what is more goes to the newest balance."""
    lines = owed_by_charge([row.pk for row in balances])
    in_credit = {row.pk: -min(sum(lines[row.pk].values(), ZERO), ZERO) for row in balances}
    return [
        NewLeg(Account.PATIENT_RECEIVABLE, part, row.patient_id, _line(lines[row.pk]))
        for row in balances
        if (part := spread(amount, in_credit).get(row.pk))
    ]


def _line(lines: Mapping[int, Decimal]) -> int:
    """The line in credit, else the last."""
    return min(lines, key=lambda charge: (lines[charge] >= ZERO, -list(lines).index(charge)))
