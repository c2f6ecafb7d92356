"""Payloads a frame at a time: neither storing nor reading one needs memory that grows with it."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from apps.connectors.models import Transmission, TransmissionFrame
from apps.connectors.payload_field import CutOffPayloadError, beginning_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# So many bytes are encrypted, sent to the database and read from it at once, however large the whole is.
FRAME = 1 << 20
_AT_ONCE = 1 << 16  # what the X12 reader takes


@dataclass(frozen=True, slots=True)
class Measured:
    """SHA-256 in hexadecimal, and bytes."""

    checksum: str
    size: int


def measure(payload: BinaryIO) -> Measured:
    """From where it stands to its end."""
    digest, size = hashlib.sha256(), 0
    for frame in frames_of(payload):
        digest.update(frame)
        size += len(frame)
    return Measured(digest.hexdigest(), size)


def frames_of(payload: BinaryIO) -> Iterator[bytes]:
    while frame := payload.read(FRAME):
        yield frame


def first_frame(payload: BinaryIO) -> bytes:
    """What stands in the transmission itself."""
    return payload.read(FRAME)


def together(size: int) -> AbstractContextManager[None]:
    """A row and its following frames are stored whole or not at all; one without frames is so by itself."""
    return transaction.atomic(savepoint=False) if size > FRAME else nullcontext()


def store_following(transmission: Transmission, payload: BinaryIO) -> None:
    """All frames but the first, which stands in the row itself. In the transaction that makes the row."""
    for number, frame in enumerate(frames_of(payload), start=1):
        TransmissionFrame.objects.create(transmission=transmission, number=number, content=frame)


def opened(transmission: Transmission) -> BinaryIO:
    """What is stored, from its beginning. Read to its end, it proves to be what came in: else CutOffPayloadError is raised there.

    Raises LostKeyError for a frame that no key opens.
    """
    return io.BufferedReader(_Frames(transmission), _AT_ONCE)


class _Frames(io.RawIOBase):
    def __init__(self, transmission: Transmission) -> None:
        self._transmission = transmission
        self._stated = Measured(transmission.checksum, transmission.size)
        self._digest, self._size = hashlib.sha256(), 0
        self._frames = self._stored()
        self._frame = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        room = memoryview(buffer).cast("B")
        if not self._frame:
            self._frame = self._next()
        part = self._frame[: len(room)]
        room[: len(part)] = part
        self._frame = self._frame[len(part) :]
        return len(part)

    def _next(self) -> memoryview:
        """Empty at the end, when all that was read is what was stated."""
        frame = next(self._frames, b"")
        self._digest.update(frame)
        self._size += len(frame)
        if not frame and Measured(self._digest.hexdigest(), self._size) != self._stated:
            raise CutOffPayloadError(f"{self._size} of {self._stated.size} bytes are stored, or others than came in.")
        return memoryview(frame)

    def _stored(self) -> Iterator[bytes]:
        """A query a frame: a cursor would hold its transaction open for as long as somebody reads."""
        beginning = beginning_of(self._transmission)
        stored = Transmission.objects.values_list("payload", flat=True)
        yield bytes(stored.get(pk=self._transmission.pk)) if beginning is None else beginning
        following = TransmissionFrame.objects.filter(transmission=self._transmission)
        number = 1
        while self._size < self._stated.size:
            found = following.filter(number=number).values_list("content", flat=True).first()
            if found is None:
                return
            yield bytes(found)
            number += 1
