"""A whole file in memory: the stream's events (see `walk`) put together."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from apps.x12.collection import paused_collection
from apps.x12.envelope import Document, Group, Interchange, Transaction, TransactionStart
from apps.x12.errors import ReadError
from apps.x12.guides import Item
from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.reading import with_items
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.guides.x835 import Remittance
from apps.x12.guides.x837p import ClaimBatch
from apps.x12.walk import stream


def read(source: bytes | BinaryIO) -> Document:
    """The whole file. Never raises: what is wrong is in `Document.errors`, and one bad transaction does not spoil the
    others.
    """
    assembly = _Assembly()
    with paused_collection():
        for event in whole_events(source):
            assembly.add(event)
    return assembly.document()


def transactions(source: bytes | BinaryIO) -> Iterator[Transaction]:
    """The file's transactions one at a time, so that only one body is in memory. Errors of the envelope are left out."""
    return (event for event in whole_events(source) if isinstance(event, Transaction))


def whole_events(
    source: bytes | BinaryIO,
) -> Iterator[Interchange | Group | Transaction | InterchangeAcknowledgment | ReadError]:
    """As `stream`, but a transaction comes whole, its claims in its body."""
    items: list[Item] = []
    for event in stream(source):
        match event:
            case Transaction(body=Remittance() | ClaimBatch() | StructuralTransaction() as body):
                yield replace(event, body=with_items(body, items))
                items = []
            case Transaction():
                yield event
                items = []
            case Interchange() | Group() | InterchangeAcknowledgment() | ReadError():
                yield event
            case TransactionStart():
                pass
            case item:
                items.append(item)


@dataclass(slots=True)
class _Assembly:
    interchanges: list[Interchange] = field(default_factory=list)
    groups: list[list[Group]] = field(default_factory=list)
    inside: list[Transaction] = field(default_factory=list)
    acknowledgments: list[InterchangeAcknowledgment] = field(default_factory=list)
    errors: list[ReadError] = field(default_factory=list)

    def add(self, event: Interchange | Group | Transaction | InterchangeAcknowledgment | ReadError) -> None:
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
