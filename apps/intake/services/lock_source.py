"""One writer a source at a time: a poll and a webhook may bring the same visit at the same moment."""

from django.db import connection


def lock_source(source: str) -> None:
    """Held until the transaction ends. Without it, two workers could each find a visit unknown and both insert it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake {source}"])
