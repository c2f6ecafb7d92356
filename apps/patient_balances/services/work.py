"""What a balance asks of a person: one table of tasks, opened and withdrawn here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.patient_balances.models import Balance, Message, MoneyReview
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

BILLER, FRONT_DESK = WorkItem.OwnerRole.BILLER, WorkItem.OwnerRole.FRONT_DESK
DETAIL, MONEY = "balances:detail", "balances:money"


@dataclass(frozen=True, slots=True)
class Task:
    kind: str
    title: str
    days: int
    owner: WorkItem.OwnerRole = BILLER


class Tasks(Enum):
    REVIEW = Task("balance_review", "Decide what follows: plan, letter, agency or write-off", 7)
    RETURNED = Task("balance_returned", "A settled balance came back: decide whether to bill it", 7)
    DISPUTE = Task("balance_dispute", "Answer the patient's question about the bill", 3)
    PLAN = Task("balance_plan", "Agree on a payment plan with the patient", 3)
    INSURANCE = Task("balance_insurance", "Check the other insurance that the patient named", 3)
    PROTECTED = Task("balance_protected", "Bill Medicaid or write off: this patient may not be billed", 14)
    CREDIT = Task("balance_credit", "Give the patient's credit back", 14)
    OTHER_COVERAGE = Task("balance_other_coverage", "Bill the patient's other plan first", 7)
    LETTER = Task("balance_letter", "Print and mail a letter: no text or email reaches this patient", 3)
    PAYER_CREDIT = Task("payer_credit", "Find out why the payer paid more than it owed, and give it back", 14)
    UNANSWERED = Task("payer_left_open", "Ask the payer about the part that it left without a word", 14)
    VOIDED = Task("voided_with_money", "Take the money off a voided claim, or bill the visit again", 7)
    UNKNOWN = Task("message_unknown", "Find out whether this message left, then say so", 1)


BY_REASON = {
    Balance.Stop.DISPUTE: Tasks.DISPUTE,
    Balance.Stop.PLAN: Tasks.PLAN,
    Balance.Stop.INSURANCE: Tasks.INSURANCE,
    Balance.Stop.PROTECTED: Tasks.PROTECTED,
    Balance.Stop.OTHER_COVERAGE: Tasks.OTHER_COVERAGE,
}
BY_REVIEW: dict[str, Tasks] = {
    MoneyReview.Reason.PAYER_CREDIT: Tasks.PAYER_CREDIT,
    MoneyReview.Reason.UNANSWERED: Tasks.UNANSWERED,
    MoneyReview.Reason.VOIDED: Tasks.VOIDED,
}


def _item(
    task: Tasks,
    subject: str,
    now: datetime,
    amount: Decimal | None,
    *,
    page: str = DETAIL,
    due_on: date | None = None,
) -> NewItem:
    what = task.value
    return NewItem(
        kind=what.kind,
        title=what.title,
        owner_role=what.owner,
        url_name=page,
        subject_public_id=subject,
        due_on=due_on or practice_date(now) + timedelta(days=what.days),
        amount_at_stake=amount,
    )


def open_for_balances(wanted: Sequence[tuple[Balance, Tasks, Decimal | None]], *, now: datetime) -> None:
    """A task for each balance, in place of the one that it had; the objects are saved by the caller's statement here."""
    if not wanted:
        return
    withdraw_for_balances([balance for balance, _, _ in wanted], now=now, outcome="Something newer is to be done.")
    items = open_items([_item(task, balance.public_id, now, amount) for balance, task, amount in wanted], now=now)
    for (balance, _, _), item in zip(wanted, items, strict=True):
        balance.work_item = item
    Balance.objects.bulk_update([balance for balance, _, _ in wanted], ["work_item"])


def withdraw_for_balances(balances: Iterable[Balance], *, now: datetime, outcome: str) -> None:
    keys = [balance.work_item_id for balance in balances if balance.work_item_id]
    if keys:
        withdraw_items(keys, now=now, outcome=outcome)


def open_for_messages(messages: Sequence[Message], task: Tasks, *, now: datetime) -> None:
    """At stake is what the message asks for: its balance, and those that it tells of besides."""
    if not messages:
        return
    told = {message.pk: [message.balance_id] for message in messages}
    for carrier, balance in Message.objects.filter(sent_with__in=messages).values_list("sent_with_id", "balance_id"):
        told[carrier].append(balance)
    owed = owed_by_balance([key for keys in told.values() for key in keys])
    sums = [sum((owed[key] for key in told[message.pk]), ZERO) for message in messages]
    items = open_items(
        [_item(task, message.balance.public_id, now, amount) for message, amount in zip(messages, sums, strict=True)],
        now=now,
    )
    for message, item in zip(messages, items, strict=True):
        message.work_item = item
    Message.objects.bulk_update(messages, ["work_item"])


def open_for_reviews(wanted: Sequence[tuple[MoneyReview, Decimal]], *, now: datetime) -> None:
    items = open_items(
        [
            _item(BY_REVIEW[review.reason], review.public_id, now, amount, page=MONEY, due_on=review.due_on)
            for review, amount in wanted
        ],
        now=now,
    )
    for (review, _), item in zip(wanted, items, strict=True):
        review.work_item = item
    MoneyReview.objects.bulk_update([review for review, _ in wanted], ["work_item"])
