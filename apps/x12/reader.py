"""Bytes in, records out."""

from collections.abc import Iterator

from apps.x12.envelope import Document, Transaction


def read(data: bytes) -> Document:
    """The whole file. Never raises: what is wrong is in `Document.errors`, and one bad transaction does not spoil the others."""
    raise NotImplementedError


def transactions(data: bytes) -> Iterator[Transaction]:
    """The file's transactions one at a time, so that only one body is in memory. The same bodies and errors as `read` gives."""
    raise NotImplementedError
