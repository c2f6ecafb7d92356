"""Bytes in, records out: a file's events (see `walk`) put together."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from apps.x12.envelope import Document, Group, Interchange, Transaction
from apps.x12.errors import ErrorKind, ReadError
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.tokens import chunks
from apps.x12.walk import Event, walk


def read(data: bytes) -> Document:
    """The whole file. Never raises: what is wrong is in `Document.errors`, and one bad transaction does not spoil the
    others.
    """
    assembly = _Assembly()
    for event in events(data):
        assembly.add(event)
    return assembly.document()


def transactions(data: bytes) -> Iterator[Transaction]:
    """The file's transactions one at a time, so that only one body is in memory. Errors of the envelope are left out."""
    return (event for event in events(data) if isinstance(event, Transaction))


def events(data: bytes) -> Iterator[Event]:
    """All that `read` assembles, in file order: an interchange and a group come without what is in them, before it."""
    empty = True
    for chunk in chunks(data):
        empty = False
        yield from walk(chunk)
    if empty:
        yield ReadError(ErrorKind.NOT_X12, "The file holds no X12 interchange.", expected="ISA")


@dataclass(slots=True)
class _Assembly:
    interchanges: list[Interchange] = field(default_factory=list)
    groups: list[list[Group]] = field(default_factory=list)
    inside: list[Transaction] = field(default_factory=list)
    acknowledgments: list[InterchangeAcknowledgment] = field(default_factory=list)
    errors: list[ReadError] = field(default_factory=list)

    def add(self, event: Event) -> None:
        match event:
            case Interchange():
                self.close_interchange()
                self.interchanges.append(event)
                self.groups.append([])
            case Group():
                self.close_group()
                self.groups[-1].append(event)
            case Transaction():
                self.inside.append(event)
                self.errors.extend(event.errors)
            case InterchangeAcknowledgment():
                self.acknowledgments.append(event)
            case _:
                self.errors.append(event)

    def close_group(self) -> None:
        if self.inside:
            groups = self.groups[-1]
            groups[-1] = replace(groups[-1], transactions=tuple(self.inside))
            self.inside = []

    def close_interchange(self) -> None:
        if self.interchanges:
            self.close_group()
            closed = replace(
                self.interchanges[-1], groups=tuple(self.groups[-1]), acknowledgments=tuple(self.acknowledgments)
            )
            self.interchanges[-1] = closed
            self.acknowledgments = []

    def document(self) -> Document:
        self.close_interchange()
        return Document(tuple(self.interchanges), tuple(self.errors))
