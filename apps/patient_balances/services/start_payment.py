"""A patient presses pay: rows first, then the processor's page, under a reference that means nothing to anybody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from apps.connectors.models import Connection
from apps.connectors.registry import connection_of, payments
from apps.core.money import CENT, ZERO
from apps.core.public_ids import new_public_id
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import PatientPayment, PaymentLink
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.statement import payable_balances
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.practice.models import Practice

# A processor's page lives a day; pressing pay again within it opens the same page rather than a second payment.
SAME_PAYMENT_FOR = timedelta(hours=20)
LEAST = Decimal("1.00")
State = PatientPayment.State


class NothingToPayError(Exception):
    """Nothing is owed any more: paid, withdrawn, or not this patient's to pay."""


class AmountError(ValueError):
    """The amount is not between one dollar and what is owed. `most` is what is owed."""

    def __init__(self, most: Decimal) -> None:
        super().__init__("Choose an amount between $1.00 and what is owed.")
        self.most = most


@dataclass(frozen=True, slots=True)
class StartedPayment:
    reference: str
    url: str


def start_payment(*, link: PaymentLink, amount: Decimal, now: datetime) -> StartedPayment:
    """Raises NothingToPayError, AmountError, NoConnectionError, and OutageError or RefusedError where the processor fails."""
    connection = connection_of(Connection.Kind.PAYMENTS)
    reference = _rows(link, amount, now)
    checkout = payments(connection).create_checkout(
        reference=reference,
        amount=amount,
        statement_name=Practice.objects.get().messaging_name,
        return_url=settings.PUBLIC_URL + reverse("patient_pages:done"),
    )
    PatientPayment.objects.filter(reference=reference, processor_id="").update(processor_id=checkout.processor_id)
    return StartedPayment(reference, checkout.url)


@transaction.atomic
def _rows(link: PaymentLink, amount: Decimal, now: datetime) -> str:
    """One row a balance, the oldest balance first; the same wish as a moment ago finds the rows that it made then."""
    balances = locked_balances([row.pk for row in payable_balances(link.balance.patient_id)])
    balances.sort(key=lambda row: (row.opened_at, row.pk))
    amounts = owed_by_balance([row.pk for row in balances])
    owed = {row.pk: amounts[row.pk] for row in balances if amounts[row.pk] > ZERO}
    most = sum(owed.values(), ZERO)
    if most <= ZERO:
        raise NothingToPayError("Nothing is owed.")
    if not min(LEAST, most) <= amount <= most or amount % CENT:
        raise AmountError(most)
    parts = spread(amount, owed)
    return _started_before(parts, now) or _start(parts, now)


def _started_before(parts: dict[int, Decimal], now: datetime) -> str | None:
    recent = PatientPayment.objects.filter(
        balance__in=parts, state=State.STARTED, started_at__gt=now - SAME_PAYMENT_FOR
    )
    rows = PatientPayment.objects.filter(reference__in=recent.values("reference")).order_by("-pk")
    by_reference: dict[str, dict[int, Decimal]] = {}
    for reference, balance, amount in rows.values_list("reference", "balance_id", "amount"):
        by_reference.setdefault(reference, {})[balance] = amount
    return next((reference for reference, started in by_reference.items() if started == parts), None)


def _start(parts: dict[int, Decimal], now: datetime) -> str:
    reference = new_public_id()
    PatientPayment.objects.bulk_create(
        [
            PatientPayment(balance_id=balance, reference=reference, amount=part, started_at=now)
            for balance, part in parts.items()
        ]
    )
    return reference
