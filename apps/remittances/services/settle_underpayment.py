"""What a person made of a payment below the contract."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.remittances.models import Underpayment
from apps.worklist.queue import close_item

_State = Underpayment.State
BY_A_PERSON = (_State.DISPUTED, _State.ACCEPTED, _State.SCHEDULE_WRONG)


class UnderpaymentError(ValueError):
    """Why it cannot be settled so, as a sentence."""


@transaction.atomic
def settle_underpayment(
    *, underpayment_id: str, outcome: Underpayment.State, note: str, acting_user: User, now: datetime
) -> Underpayment:
    """One of `BY_A_PERSON`, with a note. What is disputed may be accepted later; nothing else is settled twice.

    Raises UnderpaymentError.
    """
    words = note.strip()
    if outcome not in BY_A_PERSON:
        raise UnderpaymentError("Choose what became of it.")
    if not words:
        raise UnderpaymentError("Write a note: what was sent or agreed, and when.")
    row = (
        Underpayment.objects.select_for_update(of=("self",))
        .select_related("claim__patient")
        .get(public_id=underpayment_id)
    )
    if row.state not in {_State.OPEN, _State.DISPUTED} or row.state == outcome:
        raise UnderpaymentError("This has been settled already.")
    row.state, row.note, row.settled_at, row.settled_by = outcome, words[:500], now, acting_user
    row.save(update_fields=["state", "note", "settled_at", "settled_by"])
    close_item(row.work_item, acting_user=acting_user, now=now, outcome=outcome.label)
    record(
        "settle_underpayment",
        acting_user=acting_user,
        now=now,
        subject_kind="underpayment",
        subject_public_id=row.public_id,
        patients=[row.claim.patient.public_id],
        outcome=outcome.value,
        short=str(row.short),
    )
    return row
