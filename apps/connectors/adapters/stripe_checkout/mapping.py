"""Stripe's objects in the port's words. Pure. Nothing about health goes to Stripe (it signs no agreement): opaque references only."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.connectors.ports.payments import PaymentEvent

Row = Mapping[str, Any]
PAID_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
REFUND_EVENT = "charge.refunded"


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def dollars(units: int) -> Decimal:
    return (Decimal(units) / 100).quantize(Decimal("0.01"))


def session_form(reference: str, amount: Decimal, statement_name: str, return_url: str) -> dict[str, Any]:
    """A payment of one line. The description names whom the money is for, and nothing else."""
    return {
        "mode": "payment",
        "success_url": return_url,
        "cancel_url": return_url,
        "client_reference_id": reference,
        "metadata": {"reference": reference},
        "payment_intent_data": {"metadata": {"reference": reference}},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": cents(amount),
                    "product_data": {"name": f"Payment to {statement_name}"},
                },
            }
        ],
    }


def event(row: Row) -> PaymentEvent:
    kind, subject = str(row["type"]), row["data"]["object"]
    at = datetime.fromtimestamp(int(row["created"]), UTC)
    reference = str(subject.get("client_reference_id") or (subject.get("metadata") or {}).get("reference") or "")
    if kind in PAID_EVENTS:
        paid = subject.get("payment_status") == "paid"
        amount = dollars(int(subject["amount_total"]))
        return PaymentEvent(
            str(row["id"]), "payment.posted" if paid else "other", str(subject["id"]), reference, amount, paid, at
        )
    if kind == REFUND_EVENT:
        amount = dollars(int(subject["amount_refunded"]))
        intent = str(subject.get("payment_intent") or subject["id"])
        return PaymentEvent(str(row["id"]), "payment.refunded", intent, reference, amount, paid=True, at=at)
    return PaymentEvent(str(row["id"]), "other", str(subject.get("id", "")), reference, Decimal(0), paid=False, at=at)
