"""Encrypt everything anew with the newest key, so that older keys can be taken off the ring."""

# ruff: noqa: SLF001  `_meta` and `_base_manager` are documented names of Django

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from apps.core.encryption import EncryptedBytesField, ring

CHUNK, AT_ONCE = 200, 8  # rows a transaction; a payload may be large, so few are held at once


@dataclass(frozen=True, slots=True)
class Column:
    """One encrypted column; `name` as people read it, for example connectors.transmission.payload."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"


@dataclass(frozen=True, slots=True)
class Rotated:
    """Values of one column: encrypted anew, found under the newest key already, and readable with no key of the ring."""

    name: str
    rotated: int = 0
    current: int = 0
    unreadable: int = 0


def encrypted_columns() -> list[Column]:
    return [
        Column(model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedBytesField)
    ]


def rotate_column(column: Column) -> Rotated:
    """In chunks, a chunk being a transaction. Broken off and called again, it passes over what the newest key opens."""
    found = [rotate_chunk(column, keys) for keys in _chunks(column)]
    return (
        Rotated(column.name, *(sum(counts) for counts in zip(*found, strict=True))) if found else Rotated(column.name)
    )


def _chunks(column: Column) -> Iterator[list[int]]:
    last = 0
    rows = column.model._base_manager.exclude(**{column.field: None}).order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        last = keys[-1]


@transaction.atomic
def rotate_chunk(column: Column, keys: list[int]) -> tuple[int, int, int]:
    """(rotated, current, unreadable). The rows are locked, so nothing written meanwhile is lost."""
    stored = models.ExpressionWrapper(models.F(column.field), output_field=models.BinaryField())
    rows = column.model._base_manager.filter(pk__in=keys).order_by("pk").select_for_update()
    rotated = current = unreadable = 0
    for key, value in rows.values_list("pk", stored).iterator(chunk_size=AT_ONCE):
        try:
            fresh = anew(bytes(value))
        except InvalidToken:
            unreadable += 1
            continue
        if fresh is None:
            current += 1
            continue
        raw = models.Value(fresh, output_field=models.BinaryField())
        column.model._base_manager.filter(pk=key).update(**{column.field: raw})
        rotated += 1
    return rotated, current, unreadable


def anew(token: bytes) -> bytes | None:
    """The token under the newest key, nothing where it is already. Raises InvalidToken where no key of the ring opens it."""
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(token)
    except InvalidToken:
        return ring().rotate(token)
    return None
