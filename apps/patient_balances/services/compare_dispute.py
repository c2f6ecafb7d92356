"""A bank moved a disputed payment once more in a way that was not told for certain: a person has looked, and the books follow."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.core.advisory_locks import lock_until_commit
from apps.core.models import User
from apps.core.money import ZERO
from apps.patient_balances.models import CardDispute
from apps.patient_balances.services.audit_dispute import audit_dispute
from apps.patient_balances.services.dispute_tasks import DECIDE
from apps.patient_balances.services.post_dispute import post_given_again, post_taken_again
from apps.worklist.queue import close_item


class DisputeError(ValueError):
    """Why the books cannot follow, as a sentence."""


@transaction.atomic
def compare_dispute(*, dispute_id: str, kept: Decimal, acting_user: User, now: datetime) -> Decimal:
    """By the processor the bank keeps so much (dollars) of the disputed payment: the difference to the books is posted, and the task is
    done. Returns what is owed more than before; less than nothing is given again.

    What the processor tells of that move or an older one posts nothing any more. Raises DisputeError, and nothing has changed: where
    nothing is unclear, also because it was told or compared meanwhile, or for more than was taken.
    """
    row = locked_dispute(dispute_id)
    if not row.is_unclear:
        raise DisputeError("This is clear by now: the books show what the bank keeps.")
    if not ZERO <= kept <= row.amount:
        raise DisputeError(f"The bank took ${row.amount:,.2f}: it keeps that or less.")
    more = kept - row.kept_back
    row.restored_amount, row.compared_at = row.amount - kept, row.unclear_at
    row.save(update_fields=["restored_amount", "compared_at"])
    if more > ZERO and not post_taken_again(row, more, now=now):
        raise DisputeError("Its payment is not in the books, so nothing can be taken out of it.")
    post_given_again(row, now=now)
    if row.work_item and row.work_item.kind == DECIDE:
        outcome = f"Compared with the processor: the bank keeps ${kept:,.2f}."
        close_item(row.work_item, acting_user=acting_user, now=now, outcome=outcome)
    audit_dispute("compare_dispute", row, acting_user=acting_user, now=now, kept=str(kept), more=str(more))
    return more


def locked_dispute(dispute_id: str) -> CardDispute:
    """With the payment's lock, which whoever posts what the processor tells holds as well."""
    found = CardDispute.objects.get(public_id=dispute_id)
    lock_until_commit("card payment", found.payment_intent or found.reference or found.dispute_id)
    return CardDispute.objects.select_related("work_item").get(pk=found.pk)
