"""Tries by network address, counted where they were refused: who is right is never slowed, also not in a waiting room's one network."""

import hashlib
import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefusedTries:
    """At most `most` within `seconds`. Without the cache nobody is limited: a delivery that is turned away may never come again."""

    name: str
    most: int
    seconds: int

    def are_too_many(self, request: HttpRequest) -> bool:
        try:
            return int(cache.get(self._key(request), 0)) >= self.most
        except (RedisError, OSError):
            self._tell()
            return False

    def count(self, request: HttpRequest) -> None:
        key = self._key(request)
        try:
            if not cache.add(key, 1, self.seconds):
                self._count_on(key)
        except (RedisError, OSError):
            self._tell()

    def _count_on(self, key: str) -> None:
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.add(key, 1, self.seconds)

    def _key(self, request: HttpRequest) -> str:
        return f"{self.name}-{hashlib.sha256(str(request.META['REMOTE_ADDR']).encode()).hexdigest()[:32]}"

    def _tell(self) -> None:
        logger.warning("The cache is away: refused tries (%s) are not counted.", self.name)
