"""What a person is asked about a disputed payment: to answer the bank, and to decide about what the bank keeps. One task at a time."""

from datetime import datetime, timedelta

from apps.connectors.ports.payments import DOLLARS
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.patient_balances.models import CardDispute
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

# Where the processor names no day: its own shortest.
EVIDENCE_WITHIN = timedelta(days=7)
DECIDED_WITHIN = timedelta(days=7)
ANSWER, DECIDE = "payment_disputed", "payment_partly_restored"
State = CardDispute.State
OUTCOMES = {
    State.WON: "The bank decided for the practice.",
    State.LOST: "The bank decided for the cardholder.",
    State.CLOSED: "The bank closed it without a decision.",
}


def ask_to_answer(row: CardDispute, now: datetime) -> None:
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


def ask_about_the_rest(row: CardDispute, now: datetime) -> None:
    """What the bank keeps is owed again, or gone; it takes the place of the task to answer, or of what was kept before."""
    rest = row.kept_back > ZERO
    outcome = "The bank gave a part of it again." if rest else "The bank gave the rest again."
    if row.work_item and (rest or row.work_item.kind == DECIDE):
        withdraw_items([row.work_item.pk], now=now, outcome=outcome)
    if rest:
        _open_rest(row, "A bank gave only a part of a disputed card payment again: decide about the rest", now)


def ask_what_moved(row: CardDispute, now: datetime) -> None:
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
