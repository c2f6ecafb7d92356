"""The envelope: what the ISA and GS say, and a whole file read (`Document`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from apps.x12.delimiters import STANDARD, Delimiters
from apps.x12.errors import ReadError

if TYPE_CHECKING:
    from apps.x12.guides import Body
    from apps.x12.guides.ta1 import InterchangeAcknowledgment
    from apps.x12.raw import RawSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a writer needs besides the records. The numbers come from the caller's sequences; nothing here counts.

    `created` is written as it stands (practice-local). `usage` is ISA15: "P" production, "T" test.
    """

    sender_id: str
    receiver_id: str
    interchange_number: int
    group_number: int
    created: datetime
    transaction_number: int = 1
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    group_receiver: str = ""
    usage: str = "P"
    acknowledgment_requested: bool = False
    delimiters: Delimiters = STANDARD
    line_breaks: bool = False

    def transaction_control(self, index: int = 0) -> str:
        """ST02 of the file's transaction number `index`, as written and as a 999 returns it (AK202)."""
        return f"{self.transaction_number + index:04d}"


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """An ST, for who takes a transaction in pieces: what follows belongs to it."""

    code: str
    control_number: str
    version: str
    interchange: str = ""
    group: str = ""
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Transaction:
    """One ST/SE. `body` is typed where we read the guide, else a `StructuralTransaction`; None if nothing could be
    made of it. `unread`: segments that no record has a place for; those that the guide does not know have an error, too.
    """

    code: str
    control_number: str
    version: str
    body: "Body | None"
    errors: tuple[ReadError, ...] = ()
    unread: tuple["RawSegment", ...] = ()
    interchange: str = ""
    group: str = ""
    segment: int = 0
    segment_count: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One GS/GE. `code` is GS01 (HC claims, HP remittance, HN claim status, HS/HB eligibility, FA acknowledgement)."""

    code: str
    sender: str
    receiver: str
    control_number: str
    version: str
    created_on: date | None = None
    created_at: time | None = None
    transactions: tuple[Transaction, ...] = ()
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Interchange:
    """One ISA/IEA. Ids are stripped of their padding; `usage` is "P" or "T"."""

    control_number: str
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    version: str
    usage: str
    delimiters: Delimiters
    created_on: date | None = None
    created_at: time | None = None
    groups: tuple[Group, ...] = ()
    acknowledgments: tuple["InterchangeAcknowledgment", ...] = ()
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file. `errors` holds every error of every level in file order, those of its transactions included."""

    interchanges: tuple[Interchange, ...]
    errors: tuple[ReadError, ...] = ()

    @property
    def transactions(self) -> Iterator[Transaction]:
        for interchange in self.interchanges:
            for group in interchange.groups:
                yield from group.transactions

    @property
    def acknowledgments(self) -> Iterator["InterchangeAcknowledgment"]:
        for interchange in self.interchanges:
            yield from interchange.acknowledgments
