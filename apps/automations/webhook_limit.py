"""Refused deliveries by network address: genuine ones are never counted, so a busy vendor is never slowed."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

MOST, WITHIN = 30, 60  # refusals, seconds


def _key(request: HttpRequest) -> str:
    return f"webhook-refused-{hashlib.sha256(str(request.META['REMOTE_ADDR']).encode()).hexdigest()[:32]}"


def too_many_refused(request: HttpRequest) -> bool:
    return int(cache.get(_key(request), 0)) >= MOST


def count_refused(request: HttpRequest) -> None:
    cache.add(_key(request), 0, WITHIN)
    try:
        cache.incr(_key(request))
    except ValueError:  # it ran out between the two calls
        cache.add(_key(request), 1, WITHIN)
