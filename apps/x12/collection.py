"""The garbage collector, out of the way of bulk work."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collection() -> Iterator[None]:
    """No cycle collection inside. Records form no cycles, but making a hundred thousand of them would make the collector
    walk all of them again and again: it took half the time of a large remittance.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
