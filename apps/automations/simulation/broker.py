"""Whether the broker still holds work: waiting in a queue, or taken by a worker and not yet done."""

import time
from typing import Any

from celery import current_app
from redis import Redis

from apps.automations.running.product import QUEUES

# One question and one number: asked every few milliseconds, beside workers that need the processor.
HELD = """
local held = redis.call('HLEN', 'unacked')
for _, queue in ipairs(KEYS) do held = held + redis.call('LLEN', queue) end
return held
"""
# Between taking a message from its queue and noting it as taken, a worker holds it where nobody can see it.
SECOND_LOOK_SECONDS = 0.004
POLL_SECONDS = 0.005


class StillBusyError(Exception):
    """The workers did not finish in time."""


class Broker:
    def __init__(self) -> None:
        # Kombu's own connection to the broker, so that every address it understands works here too.
        channel: Any = current_app.connection_for_read().default_channel
        self._redis: Redis[bytes] = channel.client
        self._held: Any = self._redis.register_script(HELD)

    def pending(self) -> int:
        return int(self._held(keys=QUEUES.split(",")))

    def wait_idle(self, *, seconds: float = 120) -> None:
        """Raises StillBusyError."""
        deadline = time.monotonic() + seconds
        while self.pending() or self._pending_on_second_look():
            if time.monotonic() > deadline:
                raise StillBusyError(
                    f"The workers still hold {self.pending()} tasks after {seconds:.0f} seconds; see the worker's log."
                )
            time.sleep(POLL_SECONDS)

    def _pending_on_second_look(self) -> int:
        time.sleep(SECOND_LOOK_SECONDS)
        return self.pending()

    def forget(self) -> None:
        """Lose all that the broker holds, as a crash without persistence would."""
        self._redis.flushdb()
