"""The Payments port on Stripe Checkout."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe

from apps.connectors.adapters.stripe_checkout import mapping
from apps.connectors.adapters.stripe_checkout.client import api
from apps.connectors.ports.errors import InvalidSignatureError, RefusedError
from apps.connectors.ports.payments import Checkout, PaymentEvent
from apps.connectors.ports.setting_fields import SettingField
from apps.connectors.ports.webhooks import WebhookDelivery

logger = logging.getLogger(__name__)


class StripePayments:
    vendor = "stripe"
    required_settings = ("secret_key", "webhook_secret")
    setting_fields = (
        SettingField("secret_key", "Secret key", "Begins with sk_ or rk_.", secret=True),
        SettingField("webhook_secret", "Webhook signing secret", "Begins with whsec_.", secret=True),
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def try_out(self) -> None:
        with api(self._settings) as client:
            client.v1.events.list({"type": mapping.REFUND_EVENT, "limit": 1})

    def create_checkout(self, *, reference: str, amount: Decimal, statement_name: str, return_url: str) -> Checkout:
        form = mapping.session_form(reference, amount, statement_name, return_url)
        with api(self._settings) as client:
            # The reference is the idempotency key: asking twice opens one session.
            session = client.v1.checkout.sessions.create(form, {"idempotency_key": reference})  # type: ignore[arg-type]
        if not session.url:
            raise RefusedError("Stripe has closed this payment already.")
        return Checkout(processor_id=session.id, url=session.url)

    def verify_event(self, delivery: WebhookDelivery) -> str:
        signature, secret = delivery.headers.get("stripe-signature", ""), str(self._settings["webhook_secret"])
        try:
            stripe.WebhookSignature.verify_header(delivery.body, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE)
        except (ValueError, stripe.SignatureVerificationError) as failure:
            raise InvalidSignatureError("The webhook is not signed with this account's secret.") from failure
        return mapping.event_id(delivery.body)

    def parse_event(self, delivery: WebhookDelivery) -> PaymentEvent:
        try:
            return mapping.event(json.loads(delivery.body))
        except mapping.UNREADABLE as failure:
            raise RefusedError("Stripe's webhook has an unknown shape.") from failure

    def payments_since(self, moment: datetime) -> list[PaymentEvent]:
        """Stripe's own events, so a payment told by its webhook and found here carries one id. Stripe keeps them for 30 days."""
        with api(self._settings) as client:
            listed = client.v1.events.list(
                {"types": list(mapping.EVENTS), "created": {"gte": int(moment.timestamp())}, "limit": 100}
            )
            rows = list(_each_once(listed.auto_paging_iter()))
        return sorted(_readable(rows), key=lambda each: each.at)


def _each_once(listed: Iterable[stripe.Event]) -> Iterator[Mapping[str, Any]]:
    """Raises RefusedError where the list comes round to what it told before: it would have no end."""
    told: set[str] = set()
    for row in listed:
        if row.id in told:
            raise RefusedError("Stripe's list of events leads back to what it told before.")
        told.add(row.id)
        yield row.to_dict()


def _readable(rows: Sequence[Mapping[str, Any]]) -> Iterator[PaymentEvent]:
    """The account may take other money than ours: one event of another shape keeps no payment back."""
    skipped = 0
    for row in rows:
        try:
            event = mapping.event(row)
        except mapping.UNREADABLE:
            skipped += 1
            continue
        if event.name != mapping.OTHER:
            yield event
    if skipped:
        logger.warning("%d of %d events of Stripe could not be read and were skipped", skipped, len(rows))
