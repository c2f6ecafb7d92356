"""How a patient's card payment is taken. Nothing about health goes there: opaque references only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Checkout:
    processor_id: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    event_id: str
    name: str  # payment.posted, payment.refunded, other
    processor_id: str
    reference: str  # ours, opaque
    amount: Decimal
    paid: bool
    at: datetime


class Payments(Protocol):
    vendor: str

    def create_checkout(self, *, reference: str, amount: Decimal, statement_name: str, return_url: str) -> Checkout:
        """Idempotent by `reference`. Raises OutageError, RefusedError."""
        ...

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        """Raises InvalidSignatureError."""
        ...

    def payments_since(self, moment: datetime) -> list[PaymentEvent]:
        """What was paid since then, for webhooks that never came."""
        ...
