"""A patient starts a payment, and the processor tells of it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from apps.ledger.models import Account
from apps.patient_balances.models import PaymentLink
from apps.patient_balances.services import (
    Posted,
    receive_payment_event,
    start_payment,
)
from tests.factories.ledger import account_totals

Arrived = Callable[..., str]


def start(link: PaymentLink, amount: str, now: datetime) -> str:
    return start_payment(link=link, amount=Decimal(amount), now=now).reference


def tell(arrived: Arrived, payload: bytes, now: datetime) -> Posted:
    return receive_payment_event(transmission_id=arrived(payload, "payments"), now=now)


def deposits() -> Decimal:
    return account_totals()[Account.DEPOSITS]
