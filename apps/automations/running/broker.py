"""Whether the broker still holds work: waiting in a queue, or taken by a worker and not yet done."""

import time
from functools import cached_property
from typing import Any

from celery import current_app
from redis import Redis

from apps.automations.running.product import QUEUES

# One question, asked whenever the workers run dry, beside workers that need the processor: what is held, and how many clients wait.
# Only a worker's wait for a message blocks its client.
LOOK = """
local held = redis.call('HLEN', 'unacked')
for _, queue in ipairs(KEYS) do held = held + redis.call('LLEN', queue) end
return {held, tonumber(string.match(redis.call('INFO', 'clients'), 'blocked_clients:(%d+)'))}
"""
# What Valkey tells when the last task in hand is acknowledged, if it was started with `notify-keyspace-events Kg` (ours is).
DONE = "__keyspace@*__:unacked"
# How long to wait for that word; who is not told looks again all the same.
LOOK_AGAIN_SECONDS = 0.05
# All is done and the worker is about to wait for more.
SETTLING_SECONDS = 0.002
# Nothing is held, and a worker waits for more.
IDLE = (0, True)


class StillBusyError(Exception):
    """The workers did not finish in time."""


def _client() -> "Redis[bytes]":
    """Kombu's own connection to the broker, so that every address it understands works here too."""
    channel: Any = current_app.connection_for_read().default_channel
    client: Redis[bytes] = channel.client
    return client


class Broker:
    def __init__(self, redis: "Redis[bytes] | None" = None) -> None:
        self._redis = redis or _client()
        self._script: Any = self._redis.register_script(LOOK)

    def look(self) -> tuple[int, bool]:
        """How many tasks are held, and whether a worker waits for more, both at one moment.

        Between taking a message from its queue and noting it as taken, a worker holds it where nobody can see it; but then it
        does not wait.
        """
        held, waiting = self._script(keys=QUEUES.split(","))
        return held, waiting > 0

    def taken(self) -> int:
        """Tasks that a worker has begun and not acknowledged; they stay so when it is killed."""
        return int(self._redis.hlen("unacked"))

    def wait_idle(self, *, seconds: float = 120) -> None:
        """Raises StillBusyError."""
        deadline = time.monotonic() + seconds
        while (seen := self.look()) != IDLE:
            held, _ = seen
            if time.monotonic() > deadline:
                raise StillBusyError(
                    f"The workers still hold {held} tasks after {seconds:.0f} seconds; see the worker's log."
                )
            self._word_of_done.get_message(
                ignore_subscribe_messages=True, timeout=LOOK_AGAIN_SECONDS if held else SETTLING_SECONDS
            )

    @cached_property
    def _word_of_done(self) -> Any:
        word = self._redis.pubsub()
        word.psubscribe(DONE)
        return word

    def forget(self) -> None:
        """Lose all that the broker holds, as a crash without persistence would."""
        self._redis.flushdb()
