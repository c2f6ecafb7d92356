"""Columns that the database holds encrypted: credentials, journal payloads, identity numbers at rest."""

import functools
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@functools.lru_cache(maxsize=1)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def ring() -> MultiFernet:
    return _ring(tuple(settings.FIELD_ENCRYPTION_KEYS))


class LostKeyError(Exception):
    """No key of the ring opens what is stored: the key was taken off the ring, or the bytes were damaged."""


class EncryptedBytesField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """Bytes, encrypted with the newest key; any key on the ring opens them. Reading raises LostKeyError where none does."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else ring().encrypt(bytes(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        if value is None:
            return None
        try:
            return ring().decrypt(bytes(value))
        except InvalidToken as failure:
            raise LostKeyError from failure


class EncryptedJSONField(EncryptedBytesField):
    """A small JSON document (a connection's settings), encrypted whole."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else super().get_prep_value(json.dumps(value).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return None if plain is None else json.loads(plain)
