"""Money that the processor gave back: the payment's balances owe it again, a credit among them first; unplaced money is a deposit less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.given_back import given_back, left_of, same_payment
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.stray_payments import keep_stray, stray_of
from apps.worklist.queue import restate_amount, withdraw_items

Kind = StrayPayment.Kind


@dataclass(frozen=True, slots=True)
class _Taken:
    """Where the money of a posted payment stands: on balances, or unapplied because nobody has placed it."""

    balances: Sequence[Balance] = ()
    unapplied: StrayPayment | None = None


def post_refund(event: PaymentEvent, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was taken before. A refund of a payment that is not posted (yet) waits for it, as a person's work.

    The processor tells the sum of all refunds of the payment; what is new of it is posted.
    """
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    taken = _taken(event.reference, event.payment_intent)
    if taken is None:
        return keep_stray(event, Kind.REFUND, transmission=transmission, now=now)
    return _post_fresh(stray_of(event, Kind.REFUND, transmission), taken, now)


def post_waiting_refunds(reference: str, intent: str, *, now: datetime) -> None:
    """The payment has come after its refunds: they are posted in their order, and nobody has to look for it any more.

    Those that a person has closed meanwhile are posted too: closing ends the looking, not the refund.
    """
    waiting = StrayPayment.objects.filter(same_payment(reference, intent), kind=Kind.REFUND, entry=None)
    for refund in waiting.select_for_update(of=("self",)).order_by("at", "pk"):
        taken = _taken(refund.reference or reference, refund.payment_intent or intent)
        if taken is None:
            continue
        if not _post_fresh(refund, taken, now):
            refund.settled_at = refund.settled_at or now
            refund.save(update_fields=["settled_at"])
        if refund.work_item_id:
            withdraw_items([refund.work_item_id], now=now, outcome="Its payment has come.")


def _taken(reference: str, intent: str) -> _Taken | None:
    """None of a payment that is not posted. Locks it, unplaced money first, so that refund and payment cannot miss each other."""
    same = same_payment(reference, intent)
    unplaced = StrayPayment.objects.filter(same, kind=Kind.UNMATCHED)
    found = unplaced.select_for_update(of=("self",)).order_by("pk").first()
    if balances := _paid_balances(same):
        return _Taken(balances)
    if found is None:
        return None
    return _Taken(locked_balances([found.applied_to_id])) if found.applied_to_id else _Taken(unapplied=found)


def _paid_balances(same: Q) -> list[Balance]:
    rows = PatientPayment.objects.filter(same)
    balances = {row.pk: row for row in locked_balances(list(rows.values_list("balance_id", flat=True)))}
    paid = [row for row in rows.select_for_update().order_by("pk") if row.state == PatientPayment.State.PAID]
    return [balances[key] for key in sorted({row.balance_id for row in paid})]


def _post_fresh(refund: StrayPayment, taken: _Taken, now: datetime) -> bool:
    """False where earlier refunds of this payment told of it all."""
    fresh = Decimal(refund.amount) - given_back(refund.reference, refund.payment_intent)
    if fresh <= ZERO:
        return False
    key = f"refund:{refund.event_id}"
    kind, legs = _out_of_unapplied(fresh) if taken.unapplied else _out_of_balances(fresh, taken.balances)
    entry = NewEntry(kind, key, practice_date(now), legs, refund.transmission_id)
    refund.entry_id = post_entries([entry], now=now).entry_id(key)
    refund.amount, refund.settled_at = fresh, refund.settled_at or now
    refund.save()
    bring_up_to_date([row.pk for row in taken.balances], now=now)
    if taken.unapplied:
        _restate(taken.unapplied, now)
    return True


def _restate(unplaced: StrayPayment, now: datetime) -> None:
    """Its task is about what is left. Where all was given back, nobody has to find out whose it was."""
    left = left_of(unplaced)
    if left > ZERO:
        if unplaced.work_item_id:
            restate_amount(unplaced.work_item_id, left)
        return
    unplaced.settled_at = now
    unplaced.save(update_fields=["settled_at"])
    if unplaced.work_item_id:
        withdraw_items([unplaced.work_item_id], now=now, outcome="All of it was given back.")


def _out_of_unapplied(amount: Decimal) -> tuple[Entry.Kind, tuple[NewLeg, ...]]:
    """The exact opposite of the deposit: it is no payment of a patient, so no refund of one."""
    return Entry.Kind.DEPOSIT, (NewLeg(Account.UNAPPLIED_CASH, amount), NewLeg(Account.DEPOSITS, -amount))


def _out_of_balances(amount: Decimal, balances: Sequence[Balance]) -> tuple[Entry.Kind, tuple[NewLeg, ...]]:
    legs = (NewLeg(Account.REFUNDS, -amount, balances[0].patient_id), *_legs(amount, balances))
    return Entry.Kind.PATIENT_PAYMENT, legs


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
