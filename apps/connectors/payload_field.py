"""The column of what came in or went out: its first frame here, what follows in frames of their own, one value to whoever reads it."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from apps.core.encryption import EncryptedBytesField


class CutOffPayloadError(Exception):
    """What is stored is not what came in: a part is missing, or its checksum is another one."""


class _Whole(DeferredAttribute):
    """Reading it brings all frames into memory; `payloads.opened` brings them one by one."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        beginning = super().__get__(instance, cls)
        if instance is None or beginning is None:
            return beginning
        size: int = instance.size  # type: ignore[attr-defined]  # a column beside this one
        if len(beginning) >= size:
            return beginning
        following = instance.frames.order_by("number").values_list("content", flat=True)  # type: ignore[attr-defined]
        whole = b"".join((beginning, *following.iterator(chunk_size=1)))
        if len(whole) != size:
            raise CutOffPayloadError(f"{len(whole)} bytes of {size} are stored.")
        return whole

    def __set__(self, instance: models.Model, beginning: Any) -> None:
        """What it is set to stands beside it, not in its place: it must be asked at each reading."""
        instance.__dict__[self.field.attname] = beginning


class PayloadField(EncryptedBytesField):
    """Of a model with a column `size` (of the whole, bytes) and rows `frames` (number from 1, content)."""

    descriptor_class = _Whole

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002  Django's signature
        """The column holds the beginning only, also when a row that was read is saved again."""
        return model_instance.__dict__.get(self.attname)


def beginning_of(row: models.Model) -> bytes | None:
    """The first frame as the row was read; None where the column was left out."""
    return row.__dict__.get("payload")
