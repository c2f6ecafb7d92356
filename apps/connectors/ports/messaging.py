"""How a text or a mail leaves, and what comes back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from apps.connectors.ports.webhooks import WebhookDelivery


class Delivery(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class MessageEvent:
    event_id: str
    name: str  # message.status, message.inbound, call.missed
    vendor_id: str = ""
    delivery: Delivery | None = None
    address: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class MessagingCapabilities:
    channel: str  # sms, email
    can_be_asked: bool  # after a crash: whether a message may be looked up


class Messaging(Protocol):
    vendor: str
    capabilities: MessagingCapabilities

    def try_out(self) -> None:
        """Ask for something that changes nothing, so that a person knows whether it answers. Raises ConnectorError."""
        ...

    def send(self, *, to: str, body: str, reference: str, status_url: str, subject: str = "") -> str:
        """Send one message and return the vendor's id. Raises OutageError, UncertainError, RefusedError."""
        ...

    def find(self, *, to: str, body: str, since: datetime, others: Collection[str]) -> str | None:
        """The vendor's id of exactly this message, if it has it; None if it surely has not.

        The same words may have left before: what the vendor got before `since` is an older message, and `others` are the
        vendor's ids of messages that are known.
        """
        ...

    def verify_event(self, delivery: WebhookDelivery) -> str:
        """An id under which the same delivery comes but once, empty where it names none. Raises InvalidSignatureError."""
        ...

    def is_report(self, delivery: WebhookDelivery) -> bool:
        """Whether a verified delivery only tells how a message of ours fared. An opt-out is more than that."""
        ...

    def parse_event(self, delivery: WebhookDelivery) -> MessageEvent:
        """What a delivery that was verified on arrival says. Raises RefusedError where it cannot be read."""
        ...
