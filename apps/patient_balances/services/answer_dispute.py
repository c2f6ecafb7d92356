from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.models import CardDispute
from apps.patient_balances.selectors.disputes import payments_of
from apps.worklist.queue import close_item


@transaction.atomic
def answer_dispute(*, dispute_id: str, acting_user: User, now: datetime) -> None:
    """A person has answered it at the processor, lets it go, or has decided about what the bank kept: the task is done.

    What the bank decides is told by the processor.
    """
    row = CardDispute.objects.select_related("work_item").get(public_id=dispute_id)
    outcome = "Decided about the rest." if row.is_kept_in_part else "Answered at the processor, or let go."
    close_item(row.work_item, acting_user=acting_user, now=now, outcome=outcome)
    record(
        "answer_dispute",
        acting_user=acting_user,
        now=now,
        subject_kind="card_dispute",
        subject_public_id=row.public_id,
        patients=[payment.balance.patient.public_id for payment in payments_of(row)],
    )
