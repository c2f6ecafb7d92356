"""Money that the processor gave back: the balances that it had paid owe it again, a credit first; unplaced money is a deposit less."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import Balance, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.given_back import Line, given_back, left_on_visits, same_payment
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.stray_payments import keep_stray, stray_of
from apps.patient_balances.services.taken_money import Taken, lock_taken, out_of_unapplied, restate_unplaced
from apps.worklist.queue import withdraw_items

Kind = StrayPayment.Kind


def post_refund(event: PaymentEvent, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was taken before. A refund of a payment that is not posted (yet) waits for it, as a person's work.

    The processor tells the sum of all refunds of the payment; what is new of it is posted.
    """
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    taken = lock_taken(event.reference, event.payment_intent)
    if taken is None:
        return keep_stray(event, Kind.REFUND, transmission=transmission, now=now)
    return _post_fresh(stray_of(event, Kind.REFUND, transmission), taken, now)


def post_waiting_refunds(reference: str, intent: str, *, now: datetime) -> None:
    """The payment has come after its refunds: they are posted in their order, and nobody has to look for it any more.

    Those that a person has closed meanwhile are posted too: closing ends the looking, not the refund.
    """
    waiting = StrayPayment.objects.filter(same_payment(reference, intent), kind=Kind.REFUND, entry=None)
    for refund in waiting.select_for_update(of=("self",)).order_by("at", "pk"):
        taken = lock_taken(refund.reference or reference, refund.payment_intent or intent)
        if taken is None:
            continue
        if not _post_fresh(refund, taken, now):
            refund.settled_at = refund.settled_at or now
            refund.save(update_fields=["settled_at"])
        if refund.work_item_id:
            withdraw_items([refund.work_item_id], now=now, outcome="Its payment has come.")


def _post_fresh(refund: StrayPayment, taken: Taken, now: datetime) -> bool:
    """False where earlier refunds of this payment told of it all."""
    fresh = Decimal(refund.amount) - given_back(refund.reference, refund.payment_intent)
    if fresh <= ZERO:
        return False
    key = f"refund:{refund.event_id}"
    if taken.unapplied:
        kind, legs = Entry.Kind.DEPOSIT, out_of_unapplied(fresh)
    else:
        kind, legs = Entry.Kind.PATIENT_PAYMENT, _out_of_balances(refund, fresh, taken.balances)
    entry = NewEntry(kind, key, practice_date(now), legs, refund.transmission_id)
    refund.entry_id = post_entries([entry], now=now).entry_id(key)
    refund.amount, refund.settled_at = fresh, refund.settled_at or now
    refund.save()
    bring_up_to_date([row.pk for row in taken.balances], now=now)
    if taken.unapplied:
        restate_unplaced(taken.unapplied, now)
    return True


def _out_of_balances(refund: StrayPayment, amount: Decimal, balances: Sequence[Balance]) -> tuple[NewLeg, ...]:
    """Credits are given back first, then what is left of the payment on each balance, the newest first."""
    lines = owed_by_charge([row.pk for row in balances])
    visits = left_on_visits(refund.reference, refund.payment_intent)
    left = {row.pk: max(sum(visits.get(row.encounter_id, {}).values(), ZERO), ZERO) for row in balances}
    places: dict[tuple[int, bool], Decimal] = {}
    for row in balances:
        credit = max(-sum(lines[row.pk].values(), ZERO), ZERO)
        places[row.pk, True] = min(credit, left[row.pk])
    for row in reversed(balances):
        places[row.pk, False] = left[row.pk] - places[row.pk, True]
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for (balance, _), part in spread(amount, places).items():
        parts[balance] += part
    return (
        NewLeg(Account.REFUNDS, -amount, balances[0].patient_id),
        *(
            NewLeg(Account.PATIENT_RECEIVABLE, part, row.patient_id, charge)
            for row in balances
            if row.pk in parts
            for charge, part in _by_line(parts[row.pk], lines[row.pk], _left_by_line(visits, row)).items()
        ),
    )


def _left_by_line(visits: Mapping[int, Mapping[Line, Decimal]], balance: Balance) -> dict[int, Decimal]:
    """What is still there of the payment on each line of the balance."""
    return {charge: left for (_, charge), left in visits.get(balance.encounter_id, {}).items()}


def _by_line(amount: Decimal, owed: Mapping[int, Decimal], left: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """As over the balances: lines in credit first, then what is left of the payment on each, the last first."""
    places: dict[tuple[int, bool], Decimal] = {(charge, True): max(-due, ZERO) for charge, due in owed.items()}
    for charge in reversed(list(owed)):
        places[charge, False] = max(left.get(charge, ZERO) - places[charge, True], ZERO)
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for (line, _), part in spread(amount, places).items():
        parts[line] += part
    return parts
