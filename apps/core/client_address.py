"""Who asks, where proxies stand in front: the address that limits count and that the audit trail keeps."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Makes REMOTE_ADDR the client's own address; without trusted proxies it is what the socket says.

    Each of the `TRUSTED_PROXIES` adds whom it heard at the end of X-Forwarded-For, so the client is that many entries from
    the end. What stands further left was sent by the client itself and proves nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = _told_by_proxies(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)
        if told:
            request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


def _told_by_proxies(header: str, trusted: int) -> str:
    """Empty without trusted proxies, and where the header holds less than they would have written."""
    entries = [entry.strip() for entry in header.split(",")]
    if trusted < 1 or len(entries) < trusted:
        return ""
    return _address(entries[-trusted])


def _address(entry: str) -> str:
    """Some proxies add the port: 203.0.113.7:4711, [2001:db8::7]:4711."""
    bare = entry[1:].partition("]")[0] if entry.startswith("[") else entry
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
