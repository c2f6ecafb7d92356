"""The HTTP client that adapters share: every request's address is checked and pinned, no redirect is followed."""

import os
import ssl
from collections.abc import Collection
from functools import cache
from typing import Any

import httpx  # noqa: TID251  lent to adapters, which alone call it

from apps.connectors import addresses
from apps.connectors.ports.errors import OutageError, UncertainError

TIMEOUT = httpx.Timeout(30, connect=10)
# Shorter than servers wait before they hang up: a request on a connection that is just being closed would be an uncertain one.
KEPT_SECONDS = 2
# Nothing of the request can have been acted on: it never reached the other side.
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OVERLOADED = frozenset({408, 425, 429, 503})


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: reading the authorities' certificates takes longer than most calls."""
    return httpx.create_ssl_context()


@cache
def _connections(scheme: str, host: str) -> httpx.HTTPTransport:  # noqa: ARG001  tells the pools apart
    """Kept open between calls, so that a run of them shakes hands once. One pool a name: a connection that was verified for one name
    never carries what is meant for another behind the same address.
    """
    return httpx.HTTPTransport(
        verify=_certificates() if scheme == "https" else False, limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS)
    )


# A connection is not shared with a child process.
os.register_at_fork(after_in_child=_connections.cache_clear)


class CheckedTransport(httpx.BaseTransport):
    """Connects to the address that was checked, under the name that was asked for (certificate and Host header)."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = hosts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        addresses.check_url(str(url), hosts=self._hosts)
        address = addresses.resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=address)
        try:
            return _connections(url.scheme, url.host).handle_request(request)
        finally:
            request.url = url


def client(hosts: Collection[str], **options: Any) -> httpx.Client:
    return httpx.Client(
        transport=CheckedTransport(hosts), timeout=TIMEOUT, follow_redirects=False, trust_env=False, **options
    )


def ask(
    session: httpx.Client, method: str, url: str, *, system: str, changes: bool = False, **options: Any
) -> httpx.Response:
    """One request. `changes`: the other side may act on it, so a cut-off call is uncertain rather than simply out.

    Raises OutageError (429, 5xx, not reached) and UncertainError. Other answers are the adapter's to read.
    No message holds a URL or a body.
    """
    try:
        response = session.request(method, url, **options)
    except _NOT_REACHED as failure:
        raise OutageError(f"{system} could not be reached.") from failure
    except httpx.TransportError as failure:
        problem = UncertainError if changes else OutageError
        raise problem(f"{system} broke off the connection.") from failure
    if response.status_code in _OVERLOADED:
        raise OutageError(f"{system} asked to wait ({response.status_code}).")
    if response.status_code >= 500:
        problem = UncertainError if changes else OutageError
        raise problem(f"{system} failed ({response.status_code}).")
    return response
