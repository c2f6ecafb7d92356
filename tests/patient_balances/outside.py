"""The phone company, the mail server and the card processor at the seam of their ports: they keep what they were told, and fail on demand.

What they say back is read by the real adapters, from the vendors' own wire formats.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

from apps.connectors.adapters.smtp_mail import SmtpMessaging
from apps.connectors.adapters.stripe_checkout import StripePayments
from apps.connectors.adapters.twilio_sms import TwilioMessaging
from apps.connectors.ports.errors import ConnectorError
from apps.connectors.ports.payments import Checkout, PaymentEvent
from apps.connectors.ports.webhooks import WebhookDelivery

CALLBACK = "https://billing.example.com/webhooks/messages/"


@dataclass(frozen=True)
class Sent:
    to: str
    body: str
    reference: str
    status_url: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    amount: Decimal
    statement_name: str
    return_url: str


@dataclass
class World:
    """What the outside saw. `now` is its clock, which stands still.

    `failure` is raised by the next call; `dies` ends the process's work after the vendor took it.
    `meanwhile` happens once, after the phone company has said what it knows (or took a text) and before we hear it.
    """

    now: datetime
    texts: list[Sent] = field(default_factory=list)
    mails: list[Sent] = field(default_factory=list)
    checkouts: dict[str, Asked] = field(default_factory=dict)
    paid: list[PaymentEvent] = field(default_factory=list)
    checkout_page: str = "https://checkout.stripe.com/c/"
    failure: BaseException | None = None
    dies: bool = False
    meanwhile: Callable[[], object] | None = None

    def let_happen(self) -> None:
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()

    @contextmanager
    def taking(self) -> Iterator[None]:
        failure, self.failure = self.failure, None
        if failure:
            raise failure
        yield
        if self.dies:
            self.dies = False
            raise KilledError


class KilledError(BaseException):
    """SIGKILL, as near as one process can come to it: nothing after it runs."""


WORLD = World(datetime.min.replace(tzinfo=UTC))


class Phone(TwilioMessaging):
    def send(self, *, to: str, body: str, reference: str, status_url: str, subject: str = "") -> str:
        with WORLD.taking():
            WORLD.texts.append(Sent(to, body, reference, status_url, subject, WORLD.now))
        sid = f"SM{len(WORLD.texts)}"
        WORLD.let_happen()
        return sid

    def find(self, *, to: str, body: str, since: datetime, others: Collection[str]) -> str | None:
        with WORLD.taking():
            same = [
                f"SM{n}"
                for n, text in enumerate(WORLD.texts, 1)
                if (text.to, text.body) == (to, body) and text.at >= since
            ]
        WORLD.let_happen()
        return next((sid for sid in reversed(same) if sid not in others), None)


class Post(SmtpMessaging):
    def send(self, *, to: str, body: str, reference: str, status_url: str, subject: str = "") -> str:
        with WORLD.taking():
            WORLD.mails.append(Sent(to, body, reference, status_url, subject, WORLD.now))
        return f"<{reference}@practice.example.com>"


class Till(StripePayments):
    def create_checkout(self, *, reference: str, amount: Decimal, statement_name: str, return_url: str) -> Checkout:
        with WORLD.taking():
            WORLD.checkouts.setdefault(reference, Asked(amount, statement_name, return_url))
        return Checkout(f"cs_{reference}", f"{WORLD.checkout_page}{reference}")

    def payments_since(self, moment: datetime) -> list[PaymentEvent]:
        with WORLD.taking():
            return [event for event in WORLD.paid if event.at >= moment]


def dispute_event(
    intent: str,
    amount: str,
    *,
    at: datetime,
    kind: str = "created",
    status: str = "needs_response",
    due: datetime | None = None,
    event_id: str = "",
    dispute: str = "dp_1",
    currency: str = "usd",
    moved: tuple[str, ...] = (),
) -> bytes:
    """Stripe's own event of a dispute: it names the payment by its intent alone. `moved`: what it took (negative) and gave again."""
    subject = {
        "id": dispute,
        "object": "dispute",
        "payment_intent": intent,
        "amount": int(Decimal(amount) * 100),
        "currency": currency,
        "reason": "product_not_received",
        "status": status,
        "metadata": {},
        "balance_transactions": [
            {"amount": int(Decimal(part) * 100), "fee": 1500, "currency": currency} for part in moved
        ],
        "evidence_details": {"due_by": int(due.timestamp()) if due else None},
    }
    body = {
        "id": event_id or f"evt_{dispute}_{kind}_{status}",
        "type": f"charge.dispute.{kind}",
        "created": int(at.timestamp()),
        "data": {"object": subject},
    }
    return WebhookDelivery("https://billing.example.com/webhooks/payments/", {}, json.dumps(body).encode()).to_bytes()


def status_report(sid: str, status: str, *, error: str = "", url: str = CALLBACK, to: str = "+15125550001") -> bytes:
    fields = {"MessageSid": sid, "MessageStatus": status, "To": to, "From": "+15125550199"}
    return _form({**fields, "ErrorCode": error} if error else fields, url)


def inbound_text(sid: str, sender: str, text: str) -> bytes:
    return _form({"MessageSid": sid, "From": sender, "To": "+15125550199", "Body": text}, CALLBACK)


def missed_call(sid: str, caller: str) -> bytes:
    return _form(
        {"CallSid": sid, "From": caller, "To": "+15125550199", "DialCallStatus": "no-answer"}, f"{CALLBACK}call/"
    )


def _form(fields: dict[str, str], url: str) -> bytes:
    return WebhookDelivery(url, {}, urlencode(fields).encode()).to_bytes()


def card_event(
    reference: str,
    amount: str,
    *,
    event_id: str = "evt_1",
    session: str = "",
    at: datetime,
    kind: str = "completed",
    currency: str = "usd",
    intent: str | None = None,
) -> bytes:
    """Stripe's own event, as its webhook brings it. `intent` is what payment and refund share; by default one a reference."""
    intent = f"pi_{reference}" if intent is None else intent
    cents = int(Decimal(amount) * 100)
    session_object = {
        "id": session or f"cs_{reference}",
        "object": "checkout.session",
        "client_reference_id": reference,
        "amount_total": cents,
        "currency": currency,
        "payment_status": "paid",
        "payment_intent": intent or None,
        "metadata": {"reference": reference},
    }
    charge = {
        "id": "ch_1",
        "payment_intent": intent or None,
        "amount_refunded": cents,
        "currency": currency,
        "metadata": {"reference": reference},
    }
    refunded = kind == "refunded"
    body = {
        "id": event_id,
        "type": "charge.refunded" if refunded else f"checkout.session.{kind}",
        "created": int(at.timestamp()),
        "data": {"object": charge if refunded else session_object},
    }
    return WebhookDelivery("https://billing.example.com/webhooks/payments/", {}, json.dumps(body).encode()).to_bytes()


__all__ = [
    "CALLBACK",
    "WORLD",
    "ConnectorError",
    "KilledError",
    "Phone",
    "Post",
    "Till",
    "World",
    "card_event",
    "dispute_event",
    "inbound_text",
    "missed_call",
    "status_report",
]
