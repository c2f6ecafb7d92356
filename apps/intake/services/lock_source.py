"""One writer a source at a time: a poll and a webhook may bring the same visit at the same moment."""

from apps.core.advisory_locks import lock_until_commit


def lock_source(source: str) -> None:
    """Held until the transaction ends. Without it, two workers could each find a visit unknown and both insert it."""
    lock_until_commit("intake", source)
