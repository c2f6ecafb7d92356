"""Stripe's objects in the port's words. Pure. Nothing about health goes to Stripe (it signs no agreement): opaque references only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.connectors.ports.payments import PaymentEvent, ToldDispute
from apps.core.money import CENT

Row = Mapping[str, Any]
OTHER = "other"
PAID_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
# Nobody pays by this session any more. A declined card is no such event: its session stays open.
FAILED_EVENTS = ("checkout.session.expired", "checkout.session.async_payment_failed")
REFUND_EVENT = "charge.refunded"
WITHDRAWN, REINSTATED = "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"
DISPUTE_EVENTS = ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", WITHDRAWN, REINSTATED)
# All that is read, and what the account's webhook must be set to send.
EVENTS = (*PAID_EVENTS, *FAILED_EVENTS, REFUND_EVENT, *DISPUTE_EVENTS)
# https://docs.stripe.com/api/disputes/object: what is not named here still waits for somebody.
DECIDED = {"won": "won", "lost": "lost", "warning_closed": "closed", "prevented": "closed"}
# What reading an event of another shape raises.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
# https://docs.stripe.com/currencies#zero-decimal
WITHOUT_CENTS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)


def event_id(body: bytes) -> str:
    """Empty where the body names none: it is genuine all the same, and is kept for whoever reads it."""
    try:
        found = json.loads(body)["id"]
    except UNREADABLE:
        return ""
    return found if isinstance(found, str) else ""


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def main_units(units: int, currency: str) -> Decimal:
    return Decimal(units).quantize(CENT) if currency in WITHOUT_CENTS else (Decimal(units) / 100).quantize(CENT)


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
    """Raises one of UNREADABLE. A session that took no money (unpaid yet, or a card kept for later) says nothing of an amount."""
    kind, subject = str(row["type"]), row["data"]["object"]
    if kind in PAID_EVENTS and subject.get("payment_status") == "paid":
        return _moved(row, "payment.posted", str(subject["id"]), subject["amount_total"])
    if kind == REFUND_EVENT:
        name = str(subject.get("payment_intent") or subject["id"])
        return _moved(row, "payment.refunded", name, subject["amount_refunded"])
    if kind in DISPUTE_EVENTS:
        told = _moved(row, "payment.disputed", str(subject["id"]), subject["amount"])
        return replace(told, paid=False, dispute=_dispute(kind, subject))
    name = "payment.failed" if kind in FAILED_EVENTS else OTHER
    named = str(subject.get("id", ""))
    at = _moment(row["created"])
    return PaymentEvent(str(row["id"]), name, named, _reference(subject), Decimal(0), paid=False, at=at)


def _dispute(kind: str, subject: Row) -> ToldDispute:
    """A lost dispute says that the money is gone, a won one that it is ours, also where the event of the money itself never came."""
    status, due = str(subject["status"]), (subject.get("evidence_details") or {}).get("due_by")
    moved = _moved_by_dispute(subject)
    given_again = _given_again(moved, main_units(int(subject["amount"]), str(subject["currency"]).lower()))
    # The decision may be told before the money moves: that has an event of its own.
    decided_for_us = status == "won" and (given_again is not None or not moved)
    return ToldDispute(
        state=DECIDED.get(status, "open"),
        withdrawn=kind == WITHDRAWN or status == "lost",
        restored=(kind == REINSTATED or decided_for_us) and given_again != 0,
        reason=str(subject.get("reason") or ""),
        evidence_due=_moment(due) if due else None,
        given_again=given_again,
    )


def _given_again(moved: Sequence[Decimal], disputed: Decimal) -> Decimal | None:
    """Less what was taken once more after it had been given; None where nothing was ever given, or it is not told."""
    given = sum((amount for amount in moved if amount > 0), Decimal(0))
    taken = -sum((amount for amount in moved if amount < 0), Decimal(0))
    return max(given - max(taken - disputed, Decimal(0)), Decimal(0)) if given else None


def _moved_by_dispute(subject: Row) -> list[Decimal]:
    """What the dispute took (less than nothing) and gave again, without fees; nothing where it moved another currency than the card's."""
    currency, moves = str(subject["currency"]).lower(), subject.get("balance_transactions") or ()
    if any(str(move["currency"]).lower() != currency for move in moves):
        return []
    return [main_units(int(move["amount"]), currency) for move in moves]


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _moved(row: Row, name: str, processor_id: str, units: int) -> PaymentEvent:
    subject = row["data"]["object"]
    currency = str(subject["currency"]).lower()
    return PaymentEvent(
        event_id=str(row["id"]),
        name=name,
        processor_id=processor_id,
        reference=_reference(subject),
        amount=main_units(int(units), currency),
        paid=True,
        at=_moment(row["created"]),
        currency=currency,
        payment_intent=str(subject.get("payment_intent") or ""),
    )


def _reference(subject: Row) -> str:
    return str(subject.get("client_reference_id") or (subject.get("metadata") or {}).get("reference") or "")
