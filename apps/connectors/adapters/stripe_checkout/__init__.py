"""Stripe Checkout: the hosted page that takes a patient's card, and its signed webhooks. See README.md."""

from apps.connectors.adapters.stripe_checkout.payments import StripePayments

__all__ = ["StripePayments"]
