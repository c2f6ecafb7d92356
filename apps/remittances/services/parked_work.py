"""As long as anything is left of a payer's money that was set apart, one task says so, due when the payer is owed it back."""

from datetime import date, datetime

from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.practice.rules.refund_days import refund_due
from apps.practice.selectors.refund_days import usual_refund_days
from apps.remittances.models import RemittanceException
from apps.remittances.selectors.parked import left_of
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item, restate_amount

KIND = "parked_money"


def keep_parked_work(exception: RemittanceException, *, acting_user: User, now: datetime) -> None:
    """Call it behind whatever sets apart or places, in its transaction. The exception's own task is closed by then."""
    left, item = left_of(exception), exception.work_item
    is_open = item is not None and item.kind == KIND and item.state == WorkItem.State.OPEN
    if left > ZERO and item is not None and is_open:
        restate_amount(item.pk, left)
    elif left > ZERO:
        exception.work_item = open_item(
            kind=KIND,
            title="Apply money that was set apart, or give it back",
            owner_role=WorkItem.OwnerRole.BILLER,
            url_name="remittances:exception",
            subject_public_id=exception.public_id,
            now=now,
            due_on=_due_on(exception, practice_date(now)),
            amount_at_stake=left,
        )
        exception.save(update_fields=["work_item"])
    elif is_open:
        close_item(item, acting_user=acting_user, now=now, outcome="Nothing of it is left.")


def _due_on(exception: RemittanceException, today: date) -> date:
    """It counts as identified when a person has found that it belongs to no claim."""
    payer = exception.payment.payer if exception.payment else None
    return refund_due(payer.filing_indicator if payer else "", today, usual_refund_days())
