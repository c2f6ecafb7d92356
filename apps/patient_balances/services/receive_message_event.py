"""What the phone company tells: how a text fared, what a patient wrote, whose call was missed. Read from the journal."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.messaging import Delivery, MessageEvent
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.connectors.registry import messaging
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services.receive_inbound import receive_inbound, receive_missed_call
from apps.patient_balances.services.record_send import record_reply_sent, record_sent
from apps.patient_balances.services.reroute import mark_unreachable, reroute
from apps.patient_balances.services.revoke_consent import revoke_consent

State = Message.State
Row = TypeVar("Row", Message, Reply)
# Waiting is also what was put back because nobody knew of it.
_MAY_HAVE_LEFT = (State.WAITING, State.SENDING, State.UNKNOWN, State.SENT)
_LEFT = (Delivery.SENT, Delivery.DELIVERED)
TOLD_VENDOR = "Told the vendor to stop"
LEFT_TWICE = "It left twice: the phone company had one more text of it."
LEFT_ALL_THE_SAME = "It had left all the same."
LONGEST_PROBLEM = 200


class Received(Enum):
    DONE = "done"
    KNOWN = "known"  # read before
    UNREADABLE = "unreadable"
    STRAY = "stray"  # a text of ours beside the one that its row stands for: shown there
    NOT_OURS = "not_ours"  # no message of ours has that id


@transaction.atomic
def receive_message_event(*, transmission_id: str, now: datetime) -> Received:
    """Reads the stored delivery once; a second call finds it processed and does nothing."""
    stored = Transmission.objects.select_related("connection").get(public_id=transmission_id)
    if not journal.move(stored, old=Transmission.State.STORED, new=Transmission.State.PROCESSED, now=now):
        return Received.KNOWN
    delivery = WebhookDelivery.from_bytes(bytes(stored.payload))
    try:
        event = messaging(_of(stored)).parse_event(delivery)
    except RefusedError as failure:
        journal.move(
            stored, old=Transmission.State.PROCESSED, new=Transmission.State.FAILED, now=now, problem=str(failure)
        )
        return Received.UNREADABLE
    if event.name == "message.status":
        return _status(event, _our_id(delivery.url), now)
    receive: dict[str, Callable[..., None]] = {"message.inbound": receive_inbound, "call.missed": receive_missed_call}
    if event.name in receive:
        receive[event.name](event, at=stored.at, now=now)
    return Received.DONE


def _of(stored: Transmission) -> Connection:
    if stored.connection is None:
        raise Connection.DoesNotExist("A webhook without its connection.")
    return stored.connection


def _our_id(url: str) -> str:
    return (parse_qs(urlsplit(url).query).get("m") or [""])[0]


def _status(event: MessageEvent, our_id: str, now: datetime) -> Received:
    if message := _own(Message.objects.all(), event, our_id):
        _message_status(message, event, now)
    elif reply := _own(Reply.objects.all(), event, our_id):
        _reply_status(reply, event, now)
    else:
        return _stray(event, our_id, now)
    return Received.DONE


def _own(rows: "QuerySet[Row]", event: MessageEvent, our_id: str) -> Row | None:
    """By the vendor's id or, where a crash kept us from learning it, by ours in the address that the vendor called.

    Also a row that was put back meanwhile: the report proves that it left, so it must not leave again.
    """
    by_vendor = Q(vendor_id=event.vendor_id) if event.vendor_id else Q(pk=None)
    # A touch sent again by another way keeps its row: a late report on the earlier text must not be read as about the mail.
    by_address = _at_its_address(event, our_id) & Q(vendor_id="", state__in=_MAY_HAVE_LEFT)
    # One question: whoever sent it may be noting the vendor's id at this moment, and between two questions the row would be neither.
    return rows.filter(by_vendor | by_address).order_by("-vendor_id").first()  # an empty id last


def _at_its_address(event: MessageEvent, our_id: str) -> Q:
    return Q(public_id=our_id, channel=Message.Channel.SMS, address=event.address)


def _message_status(message: Message, event: MessageEvent, now: datetime) -> None:
    if event.delivery in _LEFT:
        delivered = event.delivery is Delivery.DELIVERED
        left_now = record_sent(message, vendor_id=event.vendor_id, now=now, delivered=delivered)
        if delivered and not left_now:
            Message.objects.filter(pk=message.pk, state=State.SENT).update(state=State.DELIVERED)
    elif event.delivery is not None:
        _failed(message, event, now)


def _stray(event: MessageEvent, our_id: str, now: datetime) -> Received:
    """A text of ours whose row stands for another text by now, or was given up. That it left is shown, and changes nothing else."""
    at_its_address = _at_its_address(event, our_id)
    found: list[Message | Reply] = [*Message.objects.filter(at_its_address), *Reply.objects.filter(at_its_address)]
    if event.delivery is Delivery.OPTED_OUT and found:
        revoke_consent(channel=Message.Channel.SMS, address=event.address, text=TOLD_VENDOR, now=now)
    for row in found if event.delivery in _LEFT else ():
        note = LEFT_TWICE if row.vendor_id else LEFT_ALL_THE_SAME
        if note not in row.problem:
            problem = f"{row.problem} {note}".strip() if len(row.problem) + len(note) < LONGEST_PROBLEM else note
            type(row).objects.filter(pk=row.pk).update(problem=problem)
    return Received.STRAY if found else Received.NOT_OURS


def _failed(message: Message, event: MessageEvent, now: datetime) -> None:
    if event.delivery is Delivery.OPTED_OUT:
        revoke_consent(channel=message.channel, address=message.address, text=TOLD_VENDOR, now=now)
        why = "The patient has opted out of texts."
    else:
        why = "The text could not be delivered to this number."
        mark_unreachable(message.channel, message.address, problem=why, now=now)
    # A row that goes another way by now is not what failed.
    rows = locked_messages(Message.objects.filter(pk=message.pk, address=event.address))
    reroute([row for row in rows if row.state in _MAY_HAVE_LEFT], why=why, now=now)


def _reply_status(reply: Reply, event: MessageEvent, now: datetime) -> None:
    if event.delivery in _LEFT:
        record_reply_sent(reply, vendor_id=event.vendor_id, now=now, delivered=event.delivery is Delivery.DELIVERED)
    elif event.delivery is not None:
        Reply.objects.filter(pk=reply.pk, state__in=_MAY_HAVE_LEFT).update(
            state=State.FAILED, vendor_id=event.vendor_id, sending_since=None
        )
