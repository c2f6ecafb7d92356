"""Twilio's callbacks in the port's words. Pure."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from apps.connectors.adapters.twilio_sms.errors import OPTED_OUT
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.messaging import Delivery, MessageEvent

DELIVERIES = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
MISSED = frozenset({"busy", "no-answer", "failed", "canceled"})


def created(message: Mapping[str, Any]) -> datetime:
    """When Twilio took it: in RFC 2822, by the second, always there, unlike `date_sent`. Raises RefusedError."""
    try:
        return parsedate_to_datetime(str(message["date_created"]))
    except (KeyError, ValueError) as failure:
        raise RefusedError("Twilio listed a message without the moment of its creation.") from failure


def event_id(form: Mapping[str, str]) -> str:
    """A message reports once per status, so the pair is what comes but once. Empty where neither a message nor a call is named."""
    sid = form.get("MessageSid") or form.get("CallSid")
    return f"{sid} {form.get('MessageStatus') or form.get('DialCallStatus') or 'inbound'}" if sid else ""


def is_report(form: Mapping[str, str]) -> bool:
    told = event(form)
    return told.name == "message.status" and told.delivery is not Delivery.OPTED_OUT


def event(form: Mapping[str, str]) -> MessageEvent:
    sid = form.get("MessageSid", "")
    if not sid:
        missed = form.get("DialCallStatus", "") in MISSED
        name = "call.missed" if missed else "other"
        return MessageEvent(event_id(form), name, vendor_id=form.get("CallSid", ""), address=form.get("From", ""))
    if form.get("MessageStatus"):
        delivery = DELIVERIES.get(form["MessageStatus"])
        if form.get("ErrorCode") == str(OPTED_OUT):
            delivery = Delivery.OPTED_OUT
        return MessageEvent(
            event_id(form), "message.status", vendor_id=sid, delivery=delivery, address=form.get("To", "")
        )
    return MessageEvent(
        event_id(form), "message.inbound", vendor_id=sid, address=form.get("From", ""), text=form.get("Body", "")
    )
