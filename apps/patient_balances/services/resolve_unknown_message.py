from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Message
from apps.patient_balances.services.record_send import record_sent
from apps.worklist.queue import close_item

State = Message.State


class NotUnknownError(Exception):
    """An answer or another person has settled this message already."""


@transaction.atomic
def resolve_unknown_message(*, message_id: str, was_sent: bool, acting_user: User, now: datetime) -> None:
    """A person found out what became of it: it counts as sent, or it waits to be sent again. Raises NotUnknownError."""
    (message,) = locked_messages(Message.objects.filter(public_id=message_id))
    if message.state != State.UNKNOWN:
        raise NotUnknownError("This message is no longer unknown.")
    outcome = "It had left." if was_sent else "It had not left; sent again."
    close_item(message.work_item, acting_user=acting_user, now=now, outcome=outcome)
    if was_sent:
        record_sent(message, vendor_id=message.vendor_id, now=now)
    else:
        Message.objects.filter(pk=message.pk).update(
            state=State.WAITING, sending_since=None, vendor_id="", due_at=now, problem=""
        )
        nudge("send_message", message.public_id)
    record(
        "resolve_unknown_message",
        acting_user=acting_user,
        now=now,
        subject_kind="message",
        subject_public_id=message.public_id,
        patients=[message.balance.patient.public_id],
        was_sent=was_sent,
    )
