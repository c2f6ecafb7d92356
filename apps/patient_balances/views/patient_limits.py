"""Wrong tries by network address, over all links. Right ones are never counted: a clinic's waiting room shares one address."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

MOST, WITHIN = 20, 15 * 60  # seconds


def _key(request: HttpRequest) -> str:
    return f"pay-tries-{hashlib.sha256(str(request.META['REMOTE_ADDR']).encode()).hexdigest()[:32]}"


def too_many(request: HttpRequest) -> bool:
    return int(cache.get(_key(request), 0)) >= MOST


def count_wrong(request: HttpRequest) -> None:
    key = _key(request)
    if not cache.add(key, 1, WITHIN):
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.add(key, 1, WITHIN)
