"""How a patient's card payment is taken. Nothing about health goes there: opaque references only."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from apps.connectors.ports.webhooks import WebhookDelivery

DOLLARS = "usd"


@dataclass(frozen=True, slots=True)
class Checkout:
    processor_id: str
    url: str


@dataclass(frozen=True, slots=True)
class ToldDispute:
    """What a cardholder's bank has made of a payment that it disputes, as far as this event tells."""

    state: str  # open, won, lost, closed (ended without a decision, as an inquiry does)
    withdrawn: bool  # the bank has taken the amount back
    restored: bool  # and given it again
    reason: str  # the processor's code
    evidence_due: datetime | None
    given_again: Decimal | None = (
        None  # how much of it by now, all told, in the main unit of the currency; None: not told
    )


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    event_id: str
    name: str  # payment.posted, payment.refunded, payment.failed (it will not come any more), payment.disputed, other
    processor_id: str
    reference: str  # ours, opaque
    amount: Decimal  # in the main unit of `currency`
    paid: bool
    at: datetime
    currency: str = DOLLARS  # ISO 4217, lower case
    payment_intent: str = (
        ""  # the processor's own name of the payment, that its refunds carry too; empty where it tells none
    )
    dispute: ToldDispute | None = None  # of payment.disputed; `processor_id` is then the dispute's


class Payments(Protocol):
    def try_out(self) -> None:
        """Ask for something that changes nothing, so that a person knows whether it answers. Raises ConnectorError."""
        ...

    vendor: str

    def create_checkout(self, *, reference: str, amount: Decimal, statement_name: str, return_url: str) -> Checkout:
        """Idempotent by `reference`. Raises OutageError, RefusedError."""
        ...

    def verify_event(self, delivery: WebhookDelivery) -> str:
        """The vendor's event id of a genuine delivery, empty where it names none. Raises InvalidSignatureError."""
        ...

    def parse_event(self, delivery: WebhookDelivery) -> PaymentEvent:
        """What a delivery that was verified on arrival says. Raises RefusedError where it cannot be read."""
        ...

    def payments_since(self, moment: datetime) -> list[PaymentEvent]:
        """What was paid, given back, disputed and given up since then, for webhooks that never came. What cannot be read
        is skipped and counted in the log.
        """
        ...
