"""Stripe's SDK over our checked HTTP client, so that no call leaves the allowed hosts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from apps.connectors import http
from apps.connectors.adapters.stripe_checkout.errors import translated
from apps.connectors.ports.errors import ConnectorError, OutageError

VENDOR_HOSTS = ("api.stripe.com",)


class _CheckedClient(stripe.HTTPClient):
    name = "throughline"

    def __init__(self, session: httpx.Client) -> None:
        super().__init__()
        self._session = session

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            answer = self._session.request(method, url, headers=dict(headers or {}), content=post_data)
        except httpx.TransportError as failure:
            raise OutageError("Stripe could not be reached.") from failure
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        self._session.close()


@contextmanager
def api(settings: Mapping[str, Any]) -> Iterator[stripe.StripeClient]:
    """A client whose failures are the port's."""
    with http.client(settings.get("hosts") or VENDOR_HOSTS) as session:
        client = stripe.StripeClient(
            str(settings["secret_key"]),
            base_addresses={"api": str(settings.get("base_url", "https://api.stripe.com")).rstrip("/")},
            http_client=_CheckedClient(session),
            max_network_retries=0,
        )
        try:
            yield client
        except ConnectorError:
            raise
        except stripe.StripeError as failure:
            raise translated(failure) from failure
