"""Exceptions and the work items that show them, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core.money import ZERO
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

_TITLES = {
    Problem.REFUSED_FILE: "Read why a remittance file was refused",
    Problem.TEST_FILE: "See whether a remittance file was only a test",
    Problem.PAYMENT_DAY: "Find out on which day a payment was made",
    Problem.NOT_WHOLE: "See whether a remittance file came whole",
    Problem.UNREADABLE: "Read a remitted claim that the file spoils",
    Problem.UNMATCHED: "Find the claim of a remittance",
    Problem.LINES: "Match the lines of a remitted claim",
    Problem.UNBALANCED: "Settle a remitted claim that does not balance",
    Problem.STATUS: "Read a remitted claim with an unusual status",
    Problem.UNKNOWN_PAYER: "Name the payer of a remittance",
    Problem.REVERSAL: "Find what a reversal takes back",
    Problem.CLEARING: "Settle the rest of a payment",
    Problem.CONTINUATION: "Check a payment that came twice with other claims",
    Problem.CONTRACT_CHECK: "Check what the payer allowed",
    Problem.VERSION: "Say which version of a claim is answered",
}


@dataclass(frozen=True, slots=True)
class NewException:
    """`amount` is what waits in clearing because of it; `at_stake` what the work list shows where that is nothing."""

    problem: Problem
    sentence: str
    file: RemittanceFile
    payment: RemittancePayment | None = None
    remitted_claim: RemittedClaim | None = None
    amount: Decimal = ZERO
    at_stake: Decimal | None = None


def raise_exceptions(fresh: Sequence[NewException], *, now: datetime) -> list[RemittanceException]:
    if not fresh:
        return []
    rows = [
        RemittanceException(
            kind=item.problem,
            file=item.file,
            payment=item.payment,
            remitted_claim=item.remitted_claim,
            amount=item.amount,
            sentence=item.sentence[:300],
            opened_at=now,
        )
        for item in fresh
    ]
    work = open_items([_work(item, row) for item, row in zip(fresh, rows, strict=True)], now=now)
    for row, item in zip(rows, work, strict=True):
        row.work_item = item
    return RemittanceException.objects.bulk_create(rows, batch_size=500)


def open_again(row: RemittanceException, item: NewException, *, now: datetime) -> None:
    """A CLP has one exception: what was settled waits for a person after all, or waits for another reason."""
    if row.work_item is not None:
        withdraw_items([row.work_item.pk], now=now, outcome="It waits for another reason.")
    row.kind, row.state = RemittanceException.Kind(item.problem), RemittanceException.State.OPEN
    row.sentence, row.amount = item.sentence[:300], item.amount
    row.opened_at, row.settled_at, row.settled_by, row.note = now, None, None, ""
    (row.work_item,) = open_items([_work(item, row)], now=now)
    row.save()


def _work(item: NewException, row: RemittanceException) -> NewItem:
    return NewItem(
        kind="remittance_exception",
        title=_TITLES[item.problem],
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="remittances:exception",
        subject_public_id=row.public_id,
        amount_at_stake=item.amount or item.at_stake,
    )
