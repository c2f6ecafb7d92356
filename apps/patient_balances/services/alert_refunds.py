"""A payer's credit that is not given back yet is told again as its last day comes near."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.patient_balances.models import MoneyReview
from apps.patient_balances.rules.refunds import ALERTS, alert_of
from apps.patient_balances.selectors.sums import receivables_of_claims
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, raise_items

_WORDS = {14: "Give the payer's credit back", 7: "Soon due: give the payer's credit back"}
_URGENT = "Now due: give the payer's credit back"
_LAST_DAYS = 1  # from here on an administrator looks after it, too


@transaction.atomic
def alert_refunds(*, now: datetime) -> int:
    """At 14, 7, 1 and 0 days before a credit's last day its task rises: its title says so and it comes back from wherever it was
    put off. From the last day but one it is nobody's own, and an administrator has a task beside it. How many were told; each
    alert once, also where a day's run was missed.
    """
    today = practice_date(now)
    open_ones = MoneyReview.objects.filter(settled_at=None, due_on__isnull=False).exclude(alerted=min(ALERTS))
    rows = open_ones.select_for_update(of=("self",)).select_related("claim__patient", "work_item").order_by("pk")
    told = [row for row in rows if _is_new(row, today)]
    for row in told:
        row.alerted = alert_of(_due(row), today)
        _record(row, now)
    items = {row.work_item_id: _title(row) for row in told if row.work_item_id}
    raise_items(items, release=[row.work_item_id for row in told if row.work_item_id and _is_last(row)])
    _tell_administrators([row for row in told if _is_last(row) and row.alert_item_id is None], now)
    MoneyReview.objects.bulk_update(told, ["alerted", "alert_item"], batch_size=500)
    return len(told)


def _due(row: MoneyReview) -> date:
    if row.due_on is None:
        raise ValueError("Only what is due is told of.")
    return row.due_on


def _is_new(row: MoneyReview, today: date) -> bool:
    reached = alert_of(_due(row), today)
    return reached is not None and (row.alerted is None or reached < row.alerted)


def _is_last(row: MoneyReview) -> bool:
    return row.alerted is not None and row.alerted <= _LAST_DAYS


def _title(row: MoneyReview) -> str:
    due_on = _due(row)
    return f"{_WORDS.get(row.alerted or 0, _URGENT)} by {due_on:%b} {due_on.day}, {due_on.year}"


def _tell_administrators(rows: Sequence[MoneyReview], now: datetime) -> None:
    stands = receivables_of_claims([row.claim_id for row in rows]) if rows else {}
    items = open_items(
        [
            NewItem(
                kind="payer_credit_late",
                title=f"See that a payer's credit goes back by {_due(row):%b} {_due(row).day}",
                owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
                url_name="balances:money",
                subject_public_id=row.public_id,
                due_on=row.due_on,
                amount_at_stake=abs(stands[row.claim_id].insurance),
            )
            for row in rows
        ],
        now=now,
    )
    for row, item in zip(rows, items, strict=True):
        row.alert_item = item


def _record(row: MoneyReview, now: datetime) -> None:
    record(
        "alert_refund",
        acting_user=None,
        now=now,
        subject_kind="money_review",
        subject_public_id=row.public_id,
        patients=[row.claim.patient.public_id],
        due_on=_due(row).isoformat(),
        days=row.alerted,
    )
