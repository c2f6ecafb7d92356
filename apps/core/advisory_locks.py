"""One at a time by a name, where there is no row to lock yet."""

from django.db import connection


def lock_until_commit(*name: object) -> None:
    """Waits for whoever holds this name; held until the transaction ends. Inside a transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(map(str, name))])
