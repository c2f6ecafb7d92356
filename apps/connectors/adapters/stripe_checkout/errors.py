"""What Stripe's errors mean, and whether the same call may be made again. Messages of Stripe are not repeated: they quote input."""

import stripe

from apps.connectors.ports.errors import ConnectorError, OutageError, RefusedError


class KeyRefusedError(RefusedError):
    """The secret key is wrong or was withdrawn."""


class ReferenceReusedError(RefusedError):
    """The reference was used before with another amount or address: a payment needs a reference of its own."""


def translated(failure: stripe.StripeError) -> ConnectorError:
    if isinstance(failure, stripe.AuthenticationError | stripe.PermissionError):
        return KeyRefusedError("Stripe refused the secret key. Enter it again in Settings, Connections.")
    if isinstance(failure, stripe.IdempotencyError):
        return ReferenceReusedError("Stripe knows this payment reference with other details.")
    if isinstance(failure, stripe.RateLimitError | stripe.APIConnectionError) or (failure.http_status or 0) >= 500:
        return OutageError("Stripe could not be reached or asked to wait.")
    return RefusedError(f"Stripe refused the request ({failure.code or failure.http_status}).")
