"""The work items of what stays open too long: opened and taken back as the rows say. Call it inside the transaction."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from apps.core.clock import practice_date
from apps.core.readable_names import readable_name
from apps.remittances.models import BankFile, BankLine, ExpectedDeposit
from apps.remittances.rules.bank_text import is_check
from apps.remittances.rules.deposit_ages import (
    CHECK_EXPLAINED_AFTER,
    EXPLAINED_AFTER,
    MISSED_AFTER,
    bank_days_ago,
)
from apps.remittances.selectors.deposit_rows import PROPOSED, is_of_a_payer
from apps.remittances.selectors.known_payers import KnownPayer, known_payers
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, restate_amount, withdraw_items

OPEN = WorkItem.State.OPEN
NO_REMITTANCE, NOT_RECEIVED, FILE_DUE = "paid_no_835", "payment_not_received", "bank_file_due"

Row = TypeVar("Row", BankLine, ExpectedDeposit, BankFile)


def keep_deposit_work(*, today: date, now: datetime) -> tuple[int, int]:
    """How many items were opened, and how many taken back because their cause is gone. Some bank file has come in."""
    withdrawn = _withdraw(BankLine.objects.exclude(state=BankLine.State.OPEN), now)
    withdrawn += _withdraw(ExpectedDeposit.objects.exclude(state=ExpectedDeposit.State.OPEN), now)
    newest = BankFile.objects.latest("received_at", "pk")
    withdrawn += _withdraw(BankFile.objects.exclude(pk=newest.pk), now)
    # Of what arrived since the newest file nothing is known: then the file is missing, not each payment.
    known_until = min(today, practice_date(newest.received_at))
    lines, payments = _unexplained(today), _missed(known_until)
    payers = known_payers() if lines else []
    opened = _open(BankLine, lines, (_of_line(row, payers) for row in lines), now)
    opened += _open(ExpectedDeposit, payments, (_of_payment(row) for row in payments), now)
    late = [newest] if _is_late(newest, known_until, today) else []
    opened += _open(BankFile, late, (_of_file(row) for row in late), now)
    _restate()
    return opened, withdrawn


def _withdraw(settled: "QuerySet[BankLine] | QuerySet[ExpectedDeposit] | QuerySet[BankFile]", now: datetime) -> int:
    keys = settled.filter(work_item__state=OPEN).values_list("work_item", flat=True)
    return withdraw_items([key for key in keys if key], now=now, outcome="It does not wait any more.")


def _unexplained(today: date) -> list[BankLine]:
    """Credits that have waited for their 835 as long as one may; a check waits longer."""
    last = bank_days_ago(today, EXPLAINED_AFTER)
    last_check = bank_days_ago(today, CHECK_EXPLAINED_AFTER)
    rows = BankLine.objects.filter(state=BankLine.State.OPEN, booked_on__lte=last).exclude(work_item__state=OPEN)
    rows = rows.annotate(proposed=PROPOSED)
    return [row for row in rows.order_by("pk") if row.booked_on <= last_check or not is_check(row.words)]


def _missed(today: date) -> list[ExpectedDeposit]:
    last = bank_days_ago(today, MISSED_AFTER)
    rows = ExpectedDeposit.objects.filter(state=ExpectedDeposit.State.OPEN, paid_on__lte=last)
    return list(rows.exclude(work_item__state=OPEN).select_related("payment").order_by("pk"))


def _is_late(newest: BankFile, known_until: date, today: date) -> bool:
    """As long as a payment may be missed, and while one waits."""
    if newest.work_item and newest.work_item.state == OPEN:
        return False
    waits = ExpectedDeposit.objects.filter(state=ExpectedDeposit.State.OPEN)
    return known_until <= bank_days_ago(today, MISSED_AFTER) and waits.exists()


def _of_file(row: BankFile) -> NewItem:
    return NewItem(
        kind=FILE_DUE,
        title="Bring the bank's file: payments wait to be found in it",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="remittances:bank_file",
        subject_public_id=row.public_id,
    )


def _of_line(row: BankLine, payers: Iterable[KnownPayer]) -> NewItem:
    return NewItem(
        kind=NO_REMITTANCE,
        title=f"{_next_step(row, payers)} of {row.booked_on:%b} {row.booked_on.day}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="remittances:bank_line",
        subject_public_id=row.public_id,
        amount_at_stake=row.rest,
    )


def _next_step(row: BankLine, payers: Iterable[KnownPayer]) -> str:
    if getattr(row, "proposed", 0):
        return "Confirm the payment in a bank credit"
    return "Paid, no 835: find the remittance" if is_of_a_payer(row, payers) else "Explain the bank credit"


def _of_payment(row: ExpectedDeposit) -> NewItem:
    return NewItem(
        kind=NOT_RECEIVED,
        title=f"Find a payment in the bank: {readable_name(row.payment.payer_name)}, {row.payment.trace_number}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="remittances:expected_deposit",
        subject_public_id=row.public_id,
        amount_at_stake=row.rest,
    )


def _open(model: type[Row], rows: Sequence[Row], new: Iterable[NewItem], now: datetime) -> int:
    """A row whose earlier item was closed gets another one."""
    for row, item in zip(rows, open_items(new, now=now), strict=True):
        row.work_item = item
    model.objects.bulk_update(rows, ["work_item"], batch_size=500)
    return len(rows)


def _restate() -> None:
    """What is at stake is what is left."""
    for model in (BankLine, ExpectedDeposit):
        rows = model.objects.filter(Q(work_item__state=OPEN)).select_related("work_item")
        for row in rows:
            if row.work_item and row.work_item.amount_at_stake != row.rest:
                restate_amount(row.work_item.pk, row.rest)
