"""The Payments port on Stripe Checkout."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe

from apps.connectors.adapters.stripe_checkout import mapping
from apps.connectors.adapters.stripe_checkout.client import api
from apps.connectors.ports.errors import InvalidSignatureError, RefusedError
from apps.connectors.ports.payments import Checkout, PaymentEvent
from apps.connectors.ports.webhooks import WebhookDelivery


class StripePayments:
    vendor = "stripe"
    required_settings = ("secret_key", "webhook_secret")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def create_checkout(self, *, reference: str, amount: Decimal, statement_name: str, return_url: str) -> Checkout:
        form = mapping.session_form(reference, amount, statement_name, return_url)
        with api(self._settings) as client:
            # The reference is the idempotency key: asking twice opens one session.
            session = client.v1.checkout.sessions.create(form, {"idempotency_key": reference})  # type: ignore[arg-type]
        if not session.url:
            raise RefusedError("Stripe has closed this payment already.")
        return Checkout(processor_id=session.id, url=session.url)

    def verify_event(self, delivery: WebhookDelivery) -> str:
        try:
            found = stripe.Webhook.construct_event(
                delivery.body, delivery.headers.get("stripe-signature", ""), str(self._settings["webhook_secret"])
            )
        except (ValueError, stripe.SignatureVerificationError) as failure:
            raise InvalidSignatureError("The webhook is not signed with this account's secret.") from failure
        return str(found.id)

    def parse_event(self, delivery: WebhookDelivery) -> PaymentEvent:
        try:
            return mapping.event(json.loads(delivery.body))
        except (ValueError, KeyError, TypeError) as failure:
            raise RefusedError("Stripe's webhook has an unknown shape.") from failure

    def payments_since(self, moment: datetime) -> list[PaymentEvent]:
        """Stripe's own events, so a payment told by its webhook and found here carries one id. Stripe keeps them for 30 days."""
        found: list[PaymentEvent] = []
        with api(self._settings) as client:
            for kind in (*mapping.PAID_EVENTS, mapping.REFUND_EVENT):
                listed = client.v1.events.list(
                    {"type": kind, "created": {"gte": int(moment.timestamp())}, "limit": 100}
                )
                found += [mapping.event(row.to_dict()) for row in listed.auto_paging_iter()]
        return sorted(found, key=lambda each: each.at)
