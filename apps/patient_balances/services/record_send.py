"""What became of a send. Each of these takes a message out of `sending` (or `unknown`), whoever learned it first."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Balance, Message, PaymentLink, Reply
from apps.patient_balances.services.work import Tasks, open_for_messages
from apps.worklist.queue import withdraw_items

State = Message.State
_IN_DOUBT = (State.SENDING, State.UNKNOWN)


def this_sending(row: Message | Reply) -> "QuerySet[Message] | QuerySet[Reply]":
    """The row while it is in the sending that was read, not in a later one: another recoverer may have put it back since."""
    return type(row).objects.filter(pk=row.pk, state=row.State.SENDING, sending_since=row.sending_since)


@transaction.atomic
def record_sent(message: Message, *, vendor_id: str, now: datetime, delivered: bool = False) -> bool:
    """It left: the day counts from here, for every balance that it speaks for, and the token is no longer kept.

    False when that was known already, and then only the vendor's id is added; or when the row goes another way by now.
    """
    if message.vendor_id and message.state not in _IN_DOUBT:
        return False
    state = State.DELIVERED if delivered else State.SENT
    locked_messages(Message.objects.filter(pk=message.pk))
    # A row that goes another way by now is not what left.
    rows = Message.objects.filter(pk=message.pk, channel=message.channel, address=message.address)
    # A slow call may return after its row was put back: its id proves that it left.
    put_back = Q(state=State.WAITING) if vendor_id else Q(pk=None)
    moved = rows.filter(Q(state__in=_IN_DOUBT) | put_back).update(
        state=state, sent_at=Coalesce(F("sending_since"), now), vendor_id=vendor_id, sending_since=None
    )
    if not moved:
        rows.filter(vendor_id="").update(vendor_id=vendor_id)
        return False
    message.refresh_from_db()
    Message.objects.filter(sent_with=message, state=State.JOINED).update(sent_at=message.sent_at)
    told = Message.objects.filter(Q(pk=message.pk) | Q(sent_with=message, state=State.JOINED)).values("balance")
    Balance.objects.filter(pk__in=told, first_notice_at=None).update(first_notice_at=message.sent_at)
    PaymentLink.objects.filter(messages=message).update(sealed_token=None)
    if message.work_item_id:
        withdraw_items([message.work_item_id], now=now, outcome="The message left.")
    return True


def record_reply_sent(reply: Reply, *, vendor_id: str, now: datetime, delivered: bool = False) -> None:
    """It left, even if it was put back meanwhile: the vendor's id proves it."""
    rows = Reply.objects.filter(pk=reply.pk)
    moved = rows.filter(state__in=(*_IN_DOUBT, State.WAITING)).update(
        state=State.DELIVERED if delivered else State.SENT,
        sent_at=Coalesce(F("sending_since"), now),
        vendor_id=vendor_id,
        sending_since=None,
    )
    if not moved:
        rows.filter(state=State.SENT, vendor_id="").update(vendor_id=vendor_id)
        if delivered:
            rows.filter(state=State.SENT, vendor_id=vendor_id).update(state=State.DELIVERED)


@transaction.atomic
def record_unknown(message: Message, *, problem: str, now: datetime) -> None:
    """Nobody can be asked: never repeated by itself, visible until an answer or a person says what happened."""
    moved = this_sending(message).update(state=State.UNKNOWN, problem=problem[:200])
    if moved:
        open_for_messages([message], Tasks.UNKNOWN, now=now)
