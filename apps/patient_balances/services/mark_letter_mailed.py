from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Balance, Message
from apps.worklist.queue import close_item

State = Message.State


class NoLetterError(Exception):
    """This message is not a letter that waits to be mailed."""


@transaction.atomic
def mark_letter_mailed(*, message_id: str, acting_user: User, now: datetime) -> None:
    """The letter is in the mail: the sequence counts from now, for every balance on it. Raises NoLetterError."""
    (letter,) = locked_messages(Message.objects.filter(public_id=message_id))
    if letter.state != State.TO_MAIL:
        raise NoLetterError("This letter no longer waits to be mailed.")
    Message.objects.filter(pk=letter.pk).update(state=State.SENT, sent_at=now)
    Message.objects.filter(sent_with=letter, state=State.JOINED).update(sent_at=now)
    told = Message.objects.filter(sent_with=letter).values_list("balance_id", flat=True)
    Balance.objects.filter(pk__in=[letter.balance_id, *told], first_notice_at=None).update(first_notice_at=now)
    close_item(letter.work_item, acting_user=acting_user, now=now, outcome="Mailed.")
    record(
        "mark_letter_mailed",
        acting_user=acting_user,
        now=now,
        subject_kind="message",
        subject_public_id=letter.public_id,
        patients=[letter.balance.patient.public_id],
    )
