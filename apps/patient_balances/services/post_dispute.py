"""A cardholder's bank takes a payment back, and perhaps gives it again, whole or part by part: the books follow once each, in whatever
order it is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import DOLLARS, PaymentEvent, ToldDispute
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import CardDispute, DisputeReturn
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.disputes import paid_of
from apps.patient_balances.selectors.given_back import left_on_visits, same_payment
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.dispute_tasks import ask_about_the_rest, ask_to_answer, ask_what_moved
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.take_in_dispute import facts, take_in
from apps.patient_balances.services.taken_money import (
    Taken,
    lock_taken,
    lock_unplaced,
    out_of_unapplied,
    restate_unplaced,
)

# By these the bank takes money, and gives it again.
_BANK = frozenset({Account.REFUNDS, Account.DEPOSITS})
_Place = tuple[str, int | None, int | None]


def post_dispute(event: PaymentEvent, told: ToldDispute, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where nothing new was told. The caller holds the payment's lock."""
    found = CardDispute.objects.select_related("work_item").filter(dispute_id=event.processor_id).first()
    row = found or CardDispute(
        dispute_id=event.processor_id, opened_at=event.at, told_at=event.at, transmission=transmission
    )
    before, unclear_at = facts(row), row.unclear_at
    take_in(row, event, told)
    if found and before == facts(row):
        return False
    row.save()
    ask_to_answer(row, now)
    bring_books_up_to_date(row, now=now)
    if row.unclear_at != unclear_at:
        ask_what_moved(row, now)
    return True


def post_waiting_disputes(reference: str, intent: str, *, now: datetime) -> None:
    """The payment has come after its money was taken back."""
    waiting = CardDispute.objects.filter(same_payment(reference, intent), entry=None, withdrawn_at__isnull=False)
    for row in waiting.order_by("pk"):
        bring_books_up_to_date(row, now=now)


def bring_books_up_to_date(row: CardDispute, *, now: datetime) -> None:
    """Taken back and given again whole before either was posted moves nothing. Called again, it posts nothing twice."""
    if row.currency != DOLLARS:
        return
    if row.waits:
        _withdraw(row, now)
    if row.is_restored:
        _restore(row, now)


def _withdraw(row: CardDispute, now: datetime) -> None:
    found = _take(row, Decimal(row.amount), f"dispute:{row.dispute_id}", now)
    if found is not None:
        row.entry_id, taken = found
        row.save(update_fields=["entry"])
        _follow(taken, now)


def post_taken_again(row: CardDispute, amount: Decimal, *, now: datetime) -> bool:
    """The bank took once more so much of what it had given again, as a person has seen. False where its payment is not in the books.

    The caller holds the payment's lock.
    """
    times = row.returns.filter(amount__lt=ZERO).count()
    found = _take(row, amount, f"dispute-taken-again:{row.dispute_id}:{times + 1}", now)
    if found is None:
        return False
    entry, taken = found
    DisputeReturn.objects.create(dispute=row, amount=-amount, entry_id=entry)
    _follow(taken, now)
    return True


def _take(row: CardDispute, amount: Decimal, key: str, now: datetime) -> tuple[int, Taken] | None:
    """The entry by which so much leaves, and where the money stood; none where that is not known."""
    taken = lock_taken(row.reference, row.payment_intent)
    if taken is None:
        return None
    if taken.unapplied:
        kind, legs = Entry.Kind.DEPOSIT, out_of_unapplied(amount)
    else:
        kind, legs = Entry.Kind.PATIENT_PAYMENT, _out_of_payment(row, amount)
    return (_post(row, key, kind, legs, now), taken) if legs else None


def _follow(taken: Taken, now: datetime) -> None:
    bring_up_to_date([each.pk for each in taken.balances], now=now)
    if taken.unapplied:
        restate_unplaced(taken.unapplied, now)


def _out_of_payment(row: CardDispute, amount: Decimal) -> tuple[NewLeg, ...]:
    """What is left of the payment, visit by visit and line by line the other way round, as far as the amount goes."""
    visits = left_on_visits(row.reference, row.payment_intent)
    if not visits:
        return ()
    lines = [line for of_visit in visits.values() for line in of_visit]
    shares = spread(amount, {visit: sum(of_visit.values(), ZERO) for visit, of_visit in visits.items()})
    parts = [part for visit, share in shares.items() for part in spread(share, visits[visit]).items()]
    return (
        NewLeg(Account.REFUNDS, -amount, lines[0][0]),
        *(NewLeg(Account.PATIENT_RECEIVABLE, part, *line) for line, part in parts),
    )


def _restore(row: CardDispute, now: datetime) -> None:
    row.restored_amount = min(Decimal(row.restored_amount), Decimal(row.amount))
    row.save(update_fields=["restored_amount"])
    if post_given_again(row, now=now):
        ask_about_the_rest(row, now)


def post_given_again(row: CardDispute, *, now: datetime) -> bool:
    """What was given again since the last time: the opposite of what was taken; of money that was placed meanwhile, to where its rest
    went. False where that is nothing. The caller holds the payment's lock.
    """
    returns = list(row.returns.values_list("amount", flat=True))
    amount = row.restored_amount - sum(returns, ZERO)
    if amount <= ZERO:
        return False
    legs = _legs_so_far(row)
    was_unplaced = any(leg.account == Account.UNAPPLIED_CASH for leg in legs)
    unplaced = lock_unplaced(row.reference, row.payment_intent) if was_unplaced else None
    kind, balances = Entry.Kind.PATIENT_PAYMENT, list(paid_of(row).values_list("balance_id", flat=True))
    if unplaced and unplaced.applied_to_id:
        balances = [unplaced.applied_to_id]
        onto = _owed_on(balances[0], amount)
    else:
        kind, onto = (Entry.Kind.DEPOSIT if unplaced else kind), _onto_what_it_left(legs, amount)
    back = (*_out_of_where_it_went(legs, amount), *onto)
    # By the sum so far, and how often some of it was taken once more: told again, whoever tells it, it is the same cause.
    taken_again = sum(1 for each in returns if each < ZERO)
    key = f"dispute-restored:{row.dispute_id}:{row.restored_amount}" + (f":{taken_again}" if taken_again else "")
    entry = _post(row, key, kind, back, now)
    DisputeReturn.objects.create(dispute=row, amount=amount, entry_id=entry)
    bring_up_to_date(balances, now=now)
    if unplaced and not unplaced.applied_to_id:
        restate_unplaced(unplaced, now)
    return True


def _legs_so_far(row: CardDispute) -> list[Leg]:
    """Of all that left and came back, in that order."""
    entries = [row.entry_id, *row.returns.values_list("entry", flat=True)]
    return list(Leg.objects.filter(entry__in=entries).order_by("entry", "pk"))


def _out_of_where_it_went(legs: Sequence[Leg], amount: Decimal) -> list[NewLeg]:
    """What left by an account comes back by it: first by that of the newest taking, as far as this has not come back."""
    newest_first: dict[_Place, Decimal] = {_place(leg): ZERO for leg in reversed(legs) if _leaves(leg)}
    for leg in legs:
        if _place(leg) in newest_first:
            newest_first[_place(leg)] -= leg.amount
    return _legs(spread(amount, newest_first))


def _onto_what_it_left(legs: Sequence[Leg], amount: Decimal) -> list[NewLeg]:
    """The first that it left is filled first; what has come back counts."""
    left: defaultdict[_Place, Decimal] = defaultdict(Decimal)
    for leg in legs:
        if leg.account not in _BANK:
            left[_place(leg)] += leg.amount
    return _legs({place: -part for place, part in spread(amount, left).items()})


def _leaves(leg: Leg) -> bool:
    return leg.account in _BANK and leg.amount < ZERO


def _place(leg: Leg) -> _Place:
    return leg.account, leg.patient_id, leg.charge_id


def _legs(parts: Mapping[_Place, Decimal]) -> list[NewLeg]:
    return [NewLeg(Account(account), part, patient, charge) for (account, patient, charge), part in parts.items()]


def _owed_on(balance_id: int, amount: Decimal) -> list[NewLeg]:
    (balance,) = locked_balances([balance_id])
    parts = spread(amount, owed_by_charge([balance.pk])[balance.pk])
    return [NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge) for charge, part in parts.items()]


def _post(row: CardDispute, key: str, kind: Entry.Kind, legs: Sequence[NewLeg], now: datetime) -> int:
    entry = NewEntry(kind, key, practice_date(now), tuple(legs), row.transmission_id)
    return post_entries([entry], now=now).entry_id(key)
