"""Stripe's objects, as far as Checkout needs them."""

import json
from typing import Any

from apps.sandbox.world.state import Dispute, Event, Refund, Session


def session(found: Session, host: str) -> dict[str, Any]:
    paid = found.payment_status == "paid"
    return {
        "id": found.id,
        "object": "checkout.session",
        "amount_subtotal": found.amount,
        "amount_total": found.amount,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "cancel_url": found.cancel_url or None,
        "client_reference_id": found.reference or None,
        "created": found.created,
        "currency": found.currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_details": None,
        "customer_email": None,
        "expires_at": found.expires,
        "livemode": False,
        "metadata": found.metadata,
        "mode": "payment",
        "payment_intent": found.payment_intent if paid else None,
        "payment_method_types": ["card"],
        "payment_status": found.payment_status,
        "shipping_options": [],
        "status": found.status,
        "success_url": found.success_url,
        "url": f"{host}/stripe/pay/{found.id}" if found.status == "open" else None,
    }


def refund(found: Refund) -> dict[str, Any]:
    return {
        "id": found.id,
        "object": "refund",
        "amount": found.amount,
        "charge": found.payment_intent.replace("pi_", "ch_"),
        "created": found.created,
        "currency": "usd",
        "metadata": {},
        "payment_intent": found.payment_intent,
        "reason": None,
        "status": "succeeded",
    }


def charge(found: Session) -> dict[str, Any]:
    return {
        "id": found.payment_intent.replace("pi_", "ch_"),
        "object": "charge",
        "amount": found.amount,
        "amount_refunded": found.refunded,
        "currency": found.currency,
        "metadata": found.metadata,
        "paid": True,
        "payment_intent": found.payment_intent,
        "refunded": found.refunded >= found.amount,
        "status": "succeeded",
    }


def dispute(found: Dispute) -> dict[str, Any]:
    return {
        "id": found.id,
        "object": "dispute",
        "amount": found.amount,
        "charge": found.payment_intent.replace("pi_", "ch_"),
        "created": found.created,
        "currency": "usd",
        "evidence_details": {"due_by": found.due, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": found.payment_intent,
        "reason": "fraudulent",
        "status": found.status,
    }


def event(found: Event) -> dict[str, Any]:
    return {
        "id": found.id,
        "object": "event",
        "api_version": "2025-01-27.acacia",
        "created": found.created,
        "data": {"object": json.loads(found.body)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": found.kind,
    }


def error(message: str, *, code: str = "", param: str = "", kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"type": kind, "code": code or None, "message": message, "param": param or None}}


def listing(rows: list[dict[str, Any]], url: str, more: bool) -> dict[str, Any]:
    return {"object": "list", "url": url, "has_more": more, "data": rows}
