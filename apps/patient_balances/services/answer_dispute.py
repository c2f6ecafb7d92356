from datetime import datetime

from django.db import transaction

from apps.core.models import User
from apps.patient_balances.services.audit_dispute import audit_dispute
from apps.patient_balances.services.compare_dispute import DisputeError, locked_dispute
from apps.patient_balances.services.dispute_tasks import DECIDE
from apps.worklist.queue import close_item


@transaction.atomic
def answer_dispute(*, dispute_id: str, acting_user: User, now: datetime) -> None:
    """A person has answered it at the processor, lets it go, or has decided about what the bank kept: the task is done.

    What the bank decides is told by the processor. Raises DisputeError where the bank has moved money since, nobody knows how, and the
    books are still to be compared: that task is done by comparing.
    """
    row = locked_dispute(dispute_id)
    if row.is_unclear and row.work_item and row.work_item.kind == DECIDE:
        raise DisputeError("The bank has moved money once more: compare the books with the processor first.")
    outcome = "Decided about the rest." if row.is_kept_in_part else "Answered at the processor, or let go."
    close_item(row.work_item, acting_user=acting_user, now=now, outcome=outcome)
    audit_dispute("answer_dispute", row, acting_user=acting_user, now=now)
