"""Whether the broker still holds work: waiting in a queue, or taken by a worker and not yet done."""

import time
from functools import cached_property
from typing import Any

from celery import current_app
from redis import Redis

from apps.automations.running.product import QUEUES

# One question and one number: asked whenever the workers run dry, beside workers that need the processor.
HELD = """
local held = redis.call('HLEN', 'unacked')
for _, queue in ipairs(KEYS) do held = held + redis.call('LLEN', queue) end
return held
"""
# The same, and -1 where nothing is held but no worker waits either. Only a worker's wait for a message blocks its client.
BUSY = (
    HELD.replace("return held", "if held > 0 then return held end")
    + """
local waiting = string.match(redis.call('INFO', 'clients'), 'blocked_clients:(%d+)')
return tonumber(waiting) > 0 and 0 or -1
"""
)
# What Valkey tells when the last task in hand is acknowledged, if it was started with `notify-keyspace-events Kg` (ours is).
DONE = "__keyspace@*__:unacked"
# How long to wait for that word; who is not told looks again all the same.
LOOK_AGAIN_SECONDS = 0.05
# All is done and the worker is about to wait for more.
SETTLING_SECONDS = 0.002


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
        self._held: Any = self._redis.register_script(HELD)
        self._busy: Any = self._redis.register_script(BUSY)

    def pending(self) -> int:
        return int(self._held(keys=QUEUES.split(",")))

    def taken(self) -> int:
        """Tasks that a worker has begun and not acknowledged; they stay so when it is killed."""
        return int(self._redis.hlen("unacked"))

    def is_idle(self) -> bool:
        """Nothing is held, and a worker waits for more.

        Between taking a message from its queue and noting it as taken, a worker holds it where nobody can see it; but then it
        does not wait. So both are asked at one moment.
        """
        return self._busy_with() == 0

    def _busy_with(self) -> int:
        """How many tasks are held; 0 only if a worker waits for more, else -1."""
        return int(self._busy(keys=QUEUES.split(",")))

    def wait_idle(self, *, seconds: float = 120) -> None:
        """Raises StillBusyError."""
        deadline = time.monotonic() + seconds
        while held := self._busy_with():
            if time.monotonic() > deadline:
                raise StillBusyError(
                    f"The workers still hold {self.pending()} tasks after {seconds:.0f} seconds; see the worker's log."
                )
            longest = LOOK_AGAIN_SECONDS if held > 0 else SETTLING_SECONDS
            self._word_of_done.get_message(ignore_subscribe_messages=True, timeout=longest)

    @cached_property
    def _word_of_done(self) -> Any:
        word = self._redis.pubsub()
        word.psubscribe(DONE)
        return word

    def forget(self) -> None:
        """Lose all that the broker holds, as a crash without persistence would."""
        self._redis.flushdb()
