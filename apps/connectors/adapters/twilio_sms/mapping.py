"""Twilio's callbacks in the port's words. Pure."""

from collections.abc import Mapping

from apps.connectors.adapters.twilio_sms.errors import OPTED_OUT
from apps.connectors.ports.messaging import Delivery, MessageEvent

DELIVERIES = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
MISSED = frozenset({"busy", "no-answer", "failed", "canceled"})


def event_id(form: Mapping[str, str]) -> str:
    """A message reports once per status, so the pair is what comes but once."""
    sid = form.get("MessageSid") or form.get("CallSid", "")
    return f"{sid} {form.get('MessageStatus') or form.get('DialCallStatus') or 'inbound'}"


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
