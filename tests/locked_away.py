"""What a lost key leaves behind."""

from django.db import connection as database

from apps.connectors.models import Transmission


def lose_key_of(file: Transmission) -> None:
    """No key of the ring opens the file's bytes any more."""
    with database.cursor() as cursor:
        cursor.execute("UPDATE connectors_transmission SET payload = %s WHERE id = %s", [b"nonsense", file.pk])
