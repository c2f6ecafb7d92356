"""What the phone company tells: how a text fared, what a patient wrote, whose call was missed. Read from the journal."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from django.db import transaction

from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.messaging import Delivery, MessageEvent
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.connectors.registry import messaging
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services.receive_inbound import receive_inbound, receive_missed_call
from apps.patient_balances.services.record_send import record_sent
from apps.patient_balances.services.reroute import mark_unreachable, reroute
from apps.patient_balances.services.revoke_consent import revoke_consent

State = Message.State
_ON_ITS_WAY = (State.SENDING, State.UNKNOWN, State.SENT)


class Received(Enum):
    DONE = "done"
    KNOWN = "known"  # read before
    UNREADABLE = "unreadable"
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
    """Found by the vendor's id or, where a crash kept us from learning it, by ours in the address that the vendor called."""
    message = _find(event, our_id)
    if message is None:
        return _reply_status(event, our_id)
    if event.delivery in {Delivery.SENT, Delivery.DELIVERED}:
        delivered = event.delivery is Delivery.DELIVERED
        left_now = record_sent(message, vendor_id=event.vendor_id, now=now, delivered=delivered)
        if delivered and not left_now:
            Message.objects.filter(pk=message.pk, state=State.SENT).update(state=State.DELIVERED)
    elif event.delivery is not None:
        _failed(message, event, now)
    return Received.DONE


def _find(event: MessageEvent, our_id: str) -> Message | None:
    rows = Message.objects.all()
    by_vendor = rows.filter(vendor_id=event.vendor_id).first() if event.vendor_id else None
    # A touch sent again by another way keeps its row: a late report on the earlier text must not be read as about the mail.
    return by_vendor or rows.filter(public_id=our_id, vendor_id="", state__in=(State.SENDING, State.UNKNOWN)).first()


def _failed(message: Message, event: MessageEvent, now: datetime) -> None:
    if event.delivery is Delivery.OPTED_OUT:
        revoke_consent(channel=message.channel, address=message.address, text="Told the vendor to stop", now=now)
        why = "The patient has opted out of texts."
    else:
        why = "The text could not be delivered to this number."
        mark_unreachable(message.channel, message.address, problem=why, now=now)
    reroute(
        [row for row in locked_messages(Message.objects.filter(pk=message.pk)) if row.state in _ON_ITS_WAY],
        why=why,
        now=now,
    )


def _reply_status(event: MessageEvent, our_id: str) -> Received:
    rows = Reply.objects.filter(vendor_id=event.vendor_id) if event.vendor_id else Reply.objects.none()
    if not rows.exists():
        rows = Reply.objects.filter(public_id=our_id)
    if event.delivery is Delivery.DELIVERED:
        return Received.DONE if rows.update(state=State.DELIVERED) else Received.NOT_OURS
    if event.delivery in {Delivery.UNDELIVERED, Delivery.FAILED, Delivery.OPTED_OUT}:
        return Received.DONE if rows.update(state=State.FAILED) else Received.NOT_OURS
    return Received.DONE if rows.exists() else Received.NOT_OURS
