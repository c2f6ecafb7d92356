"""Where a connection may lead (DOMAIN 8): https and SFTP only, hosts that were allowed by name, and no address inside.

The demo talks plain HTTP to the sandbox on this machine, so DEMO_MODE lifts the scheme and the range check, not the list of hosts.
"""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings

from apps.connectors.ports.errors import OutageError, RefusedError

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class UnsafeAddressError(RefusedError):
    """The address is none that this installation may call. The message says what an administrator can change."""


def check_host(host: str, *, hosts: Collection[str]) -> None:
    if host.lower() not in {allowed.lower() for allowed in hosts}:
        raise UnsafeAddressError(
            f"{host} is not among the hosts that this connection may reach. Add it to its allowed hosts."
        )


def check_url(url: str, *, hosts: Collection[str]) -> None:
    """Raises UnsafeAddressError unless `url` is https (http in the demo) to one of `hosts`, without a user name in it."""
    parts = urlsplit(url)
    schemes = {"https", "http"} if settings.DEMO_MODE else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        raise UnsafeAddressError("The address of a connection must start with https://.")
    if parts.username or parts.password:
        raise UnsafeAddressError("The address of a connection must hold no user name. Use its credential fields.")
    check_host(parts.hostname, hosts=hosts)


def resolve(host: str, port: int) -> str:
    """The address to connect to, resolved once and checked, so that no later answer of a name server can lead elsewhere.

    Every address that the name has must be a public one. Raises OutageError where the name does not resolve, else UnsafeAddressError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as failure:
        raise OutageError(f"The name {host} does not resolve.") from failure
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.DEMO_MODE:
        for address in addresses:
            _check_public(host, address)
    return addresses[0]


def _check_public(host: str, address: str) -> None:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    parsed = inner or parsed
    if not parsed.is_global or parsed.is_multicast or parsed in NAT64:
        raise UnsafeAddressError(
            f"{host} leads to an address inside a private, loopback, link-local or reserved range."
        )
