"""A cardholder's bank takes a payment back, and perhaps gives it again, whole or part by part: the books follow once each, in whatever
order it is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.taken_money import (
    Taken,
    lock_taken,
    lock_unplaced,
    out_of_unapplied,
    restate_unplaced,
)
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

# Where the processor names no day: its own shortest.
EVIDENCE_WITHIN = timedelta(days=7)
DECIDED_WITHIN = timedelta(days=7)
# By these the bank takes money, and gives it again.
_BANK = frozenset({Account.REFUNDS, Account.DEPOSITS})
ANSWER, DECIDE = "payment_disputed", "payment_partly_restored"
_Place = tuple[str, int | None, int | None]
State = CardDispute.State
OUTCOMES = {
    State.WON: "The bank decided for the practice.",
    State.LOST: "The bank decided for the cardholder.",
    State.CLOSED: "The bank closed it without a decision.",
}


def post_dispute(event: PaymentEvent, told: ToldDispute, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where nothing new was told. The caller holds the payment's lock."""
    found = CardDispute.objects.select_related("work_item").filter(dispute_id=event.processor_id).first()
    row = found or CardDispute(
        dispute_id=event.processor_id, opened_at=event.at, told_at=event.at, transmission=transmission
    )
    before, unclear_at = _facts(row), row.unclear_at
    _take_in(row, event, told)
    if found and before == _facts(row):
        return False
    row.save()
    _ask_a_person(row, now)
    bring_books_up_to_date(row, now=now)
    if row.unclear_at != unclear_at:
        _ask_what_moved(row, now)
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


def _facts(row: CardDispute) -> tuple[object, ...]:
    moved = row.withdrawn_at, row.restored_at, row.restored_amount, row.unclear_at
    return row.state, row.amount, row.reason, row.evidence_due, *moved


def _take_in(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """An older event says nothing anew of amount and day; what has become true stays so, and what is posted keeps its amount."""
    if event.at >= row.told_at:
        row.told_at = event.at
        row.payment_intent, row.reference = event.payment_intent, event.reference
        row.reason, row.evidence_due = told.reason[:60], told.evidence_due
    if row.state == State.OPEN:
        row.state = State(told.state)
    row.withdrawn_at = row.withdrawn_at or (event.at if told.withdrawn else None)
    _take_in_amount(row, event, told)
    if row.compared_at is None or event.at > row.compared_at:
        _take_in_moves(row, event, told)


def _take_in_moves(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    if told.restored:
        _take_in_return(row, event, told)
    elif told.withdrawn and row.is_restored and told.given_again is not None and told.given_again < row.restored_amount:
        _take_in_unclear(row, event)  # what is in the books as given again has been taken once more


def _take_in_amount(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """What is given again says nothing of what was taken."""
    newest = event.at >= row.told_at and not told.restored
    if not row.entry_id and (not row.pk or told.withdrawn or newest):
        row.amount, row.currency = event.amount, event.currency


def _take_in_return(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """All that was given again so far: it may be less than what was taken, and is never more.

    Where the event does not tell how much, it is the whole, unless a part is in the books already, or a person has said that the bank
    keeps some of it or all: then nobody here knows.
    """
    was_compared = row.compared_at is not None and row.kept_back > ZERO
    if told.given_again is None and (row.is_kept_in_part or was_compared):
        _take_in_unclear(row, event)
        return
    given = event.amount if told.given_again is None else told.given_again
    given = min(given, Decimal(row.amount)) if row.entry_id else given
    if row.restored_at is None or given >= row.restored_amount:
        # As much as before, told later, settles what was unclear in between: it was taken once more and given again.
        row.restored_at, row.restored_amount = max(filter(None, (row.restored_at, event.at))), given


def _take_in_unclear(row: CardDispute, event: PaymentEvent) -> None:
    if event.at > max(filter(None, (row.restored_at, row.unclear_at))):
        row.unclear_at = event.at


def _ask_a_person(row: CardDispute, now: datetime) -> None:
    """One task while the bank waits for an answer; a day that moves moves the task."""
    if row.work_item and row.work_item.kind != ANSWER:
        return
    if row.state != State.OPEN:
        if row.work_item_id:
            withdraw_items([row.work_item_id], now=now, outcome=OUTCOMES[State(row.state)])
        return
    due_on = practice_date(row.evidence_due or row.opened_at + EVIDENCE_WITHIN)
    if row.work_item is None:
        new = NewItem(
            kind=ANSWER,
            title="Answer a disputed card payment at the processor",
            owner_role=WorkItem.OwnerRole.BILLER,
            url_name="balances:dispute",
            subject_public_id=row.public_id,
            due_on=due_on,
            amount_at_stake=row.amount if row.currency == DOLLARS else None,
        )
        row.work_item = open_items([new], now=now)[0]
        row.save(update_fields=["work_item"])
    elif row.work_item.due_on != due_on:
        WorkItem.objects.filter(pk=row.work_item.pk, state=WorkItem.State.OPEN).update(due_on=due_on)


def _ask_about_the_rest(row: CardDispute, now: datetime) -> None:
    """What the bank keeps is owed again, or gone; it takes the place of the task to answer, or of what was kept before."""
    rest = row.kept_back > ZERO
    outcome = "The bank gave a part of it again." if rest else "The bank gave the rest again."
    if row.work_item and (rest or row.work_item.kind == DECIDE):
        withdraw_items([row.work_item.pk], now=now, outcome=outcome)
    if rest:
        _open_rest(row, "A bank gave only a part of a disputed card payment again: decide about the rest", now)


def _ask_what_moved(row: CardDispute, now: datetime) -> None:
    """Nothing is posted that was not told for certain. Who is to answer the dispute still has that task; this one replaces any other."""
    task = row.work_item
    if task and task.kind != DECIDE and task.state == WorkItem.State.OPEN:
        return
    if task:
        withdraw_items([task.pk], now=now, outcome="The bank moved money once more.")
    _open_rest(row, "A bank has moved a disputed card payment once more: compare the books with the processor", now)


def _open_rest(row: CardDispute, title: str, now: datetime) -> None:
    new = NewItem(
        kind=DECIDE,
        title=title,
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="balances:dispute",
        subject_public_id=row.public_id,
        due_on=practice_date(now + DECIDED_WITHIN),
        amount_at_stake=row.kept_back or row.amount,
    )
    row.work_item = open_items([new], now=now)[0]
    row.save(update_fields=["work_item"])


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
        _ask_about_the_rest(row, now)


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
