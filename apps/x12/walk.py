"""A file walked from ISA to IEA, segment by segment. The insides of a transaction are the guides' business."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from apps.x12.envelope import Group, Interchange, Transaction, TransactionStart
from apps.x12.errors import ErrorKind, ReadError
from apps.x12.feed import Feed
from apps.x12.guides import Item
from apps.x12.guides.reading import read_body
from apps.x12.guides.ta1 import InterchangeAcknowledgment, read_ta1
from apps.x12.loops import loop_of
from apps.x12.segments import Notes, Segment
from apps.x12.swift import swift

Event = Interchange | Group | TransactionStart | Item | Transaction | InterchangeAcknowledgment | ReadError

_new_start = swift(TransactionStart)
_new_transaction = swift(Transaction)
# So many interchanges, groups or transactions with nothing in them, one behind the other, are noise; each would cost a record.
MOST_BROKEN = 1000
_LEGAL_ISA = "a legal ISA"
_SHORT = "a segment of less than 64 KB"
_ISA_LENGTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]


def stream(source: bytes | BinaryIO) -> Iterator[Event]:
    """All that a file says, in its order; each error follows the event at whose segment it was found. It raises nothing but
    what the file object raises, and its memory does not grow with the file.

    An interchange and a group come without what is in them, before it. A transaction comes as its `TransactionStart`, then (of a
    remittance or a claim file) the heading, each claim and adjustment of the provider's, and last the `Transaction`, whose body is
    the heading again.
    """
    feed = Feed(source)
    begun = broken = 0
    while feed.next_interchange():
        begun += 1
        interchange = _Interchange(feed)
        yield from interchange.events()
        broken = broken + 1 if interchange.is_bare else 0
        if broken > MOST_BROKEN:
            yield ReadError(
                ErrorKind.TOO_MANY, "Nothing is in a thousand interchanges; the rest of the file is left out."
            )
            return
    if not begun:
        yield ReadError(ErrorKind.NOT_X12, "The file holds no X12 interchange.", found=feed.opening, expected="ISA")


class _Interchange:
    """Counts and control numbers are checked where their trailers stand; nothing found wrong ends the walk."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.source = feed.source
        self.notes = feed.source.notes
        self.groups = 0
        self.transactions = 0
        self.group_is_open = False
        self.is_begun = self.is_closed = False
        self.version = ""
        self.broken = 0
        self.is_bare = False

    def events(self) -> Iterator[Event]:
        while segment := self.feed.next_segment():
            yield from self._events_at(segment)
            yield from self._flush()
            if self.broken > MOST_BROKEN:
                yield self._left_out(segment)
                return
        self.is_bare = not (self.groups or self.is_closed)
        self._end(self.feed.last())
        yield from self._flush()

    def _events_at(self, segment: Segment) -> Iterable[Event]:
        match segment.id:
            case "ISA":
                self._begin(segment)
                return [self._open_interchange(segment)]
            case "ST":
                return self._transaction(segment)
            case "GS":
                return [self._open_group(segment)]
            case "GE":
                self._close_group(segment)
            case "IEA":
                self._close_interchange(segment)
            case "TA1":
                return [read_ta1(segment)]
            case _:
                message = "A segment stands outside of any transaction."
                self._note(ErrorKind.UNEXPECTED_SEGMENT, message, segment, "ST, GS or IEA")
        return []

    def _flush(self) -> Iterator[ReadError]:
        yield from self.notes.errors
        self.notes.errors.clear()

    def _note(self, kind: ErrorKind, message: str, at: Segment, expected: str) -> None:
        if self.notes.is_full:
            return
        found = self.source.delimiters.element.join(at.elements)
        self.notes.add(kind, message, segment=at.number, segment_id=at.id[:3], found=found, expected=expected)

    def _left_out(self, at: Segment) -> ReadError:
        for _rest in self.feed.lists():
            pass
        return ReadError(
            ErrorKind.TOO_MANY,
            "Nothing can be read of a thousand interchanges, groups or transactions; the rest is left out.",
            segment=at.number,
            segment_id=at.id[:3],
            interchange=self.notes.interchange,
        )

    def _begin(self, isa: Segment) -> None:
        """One that the file's delimiters were not read from is damaged."""
        if self.is_begun:
            self.broken += not (self.groups or self.is_closed)
            self._end(self.feed.before(isa))
            message = "The ISA is damaged; what follows is read with the delimiters of the one before it."
            self._note(ErrorKind.BAD_ENVELOPE, message, isa, _LEGAL_ISA)
        elif self.feed.is_behind_damage:
            message = "What stands before this interchange was left out: an ISA in it is damaged."
            self._note(ErrorKind.BAD_ENVELOPE, message, isa, _LEGAL_ISA)
        self.is_begun, self.is_closed, self.groups = True, False, 0

    def _open_interchange(self, isa: Segment) -> Interchange:
        self.notes.interchange = isa.text(13)
        for element, (text, length) in enumerate(zip(isa.elements[1:16], _ISA_LENGTHS, strict=False), start=1):
            if len(text) != length:
                self.notes.add(
                    ErrorKind.BAD_ENVELOPE,
                    f"ISA{element:02d} does not have its fixed length.",
                    segment=isa.number,
                    segment_id="ISA",
                    element=element,
                    found=text,
                    expected=f"a length of {length}",
                )
        return Interchange(
            control_number=isa.text(13),
            sender_qualifier=isa.text(5),
            sender_id=isa.text(6),
            receiver_qualifier=isa.text(7),
            receiver_id=isa.text(8),
            version=isa.text(12),
            usage=isa.text(15),
            delimiters=self.source.delimiters,
            created_on=isa.short_date(9),
            created_at=isa.time_of_day(10),
            segment=isa.number,
        )

    def _open_group(self, gs: Segment) -> Group:
        self._leave_open_group(gs)
        self.group_is_open = True
        self.groups += 1
        self.transactions = 0
        self.notes.group = gs.text(6)
        self.version = gs.text(8)
        return Group(
            code=gs.text(1),
            sender=gs.text(2),
            receiver=gs.text(3),
            control_number=gs.text(6),
            version=gs.text(8),
            created_on=gs.short_date(4) if len(gs.text(4)) == 6 else gs.day(4),
            created_at=gs.time_of_day(5),
            segment=gs.number,
        )

    def _leave_open_group(self, at: Segment) -> None:
        if self.group_is_open:
            self._note(ErrorKind.BAD_ENVELOPE, "A group is not closed by a GE.", at, "GE")
            self.broken += not self.transactions
        self.group_is_open = False
        self.notes.group = ""

    def _close_group(self, ge: Segment) -> None:
        if not self.group_is_open:
            self._note(ErrorKind.BAD_ENVELOPE, "A GE closes no group.", ge, "ST, GS or IEA")
            return
        ge.compare_count(1, self.transactions, "transactions in the group")
        ge.compare_control(2, self.notes.group, "the group's control number (GS06)")
        self.group_is_open = False
        self.notes.group = ""

    def _close_interchange(self, iea: Segment) -> None:
        if self.is_closed:
            self._note(ErrorKind.BAD_ENVELOPE, "An IEA closes no interchange.", iea, "ISA")
            return
        self._leave_open_group(iea)
        iea.compare_count(1, self.groups, "groups in the interchange")
        iea.compare_control(2, self.notes.interchange, "the interchange's control number (ISA13)")
        self.is_closed = True

    def _end(self, last: Segment) -> None:
        if self.feed.is_endless:
            self._note(ErrorKind.TOO_LONG, "What follows is longer than any segment and was left out.", last, _SHORT)
        self._leave_open_group(last)
        if not self.is_closed:
            self._note(ErrorKind.BAD_ENVELOPE, "The interchange is not closed by an IEA.", last, "IEA")

    def _transaction(self, st: Segment) -> Iterator[Event]:
        if not self.group_is_open:
            self._note(ErrorKind.BAD_ENVELOPE, "A transaction stands outside of any group.", st, "GS")
            self.group_is_open = True
            self.groups += 1
            yield Group("", "", "", "", "", segment=st.number)
        self.transactions += 1
        version = st.text(3) or self.version
        notes = self._notes(st, version)
        self.source.notes = notes
        yield _new_start(st.text(1), st.text(2), version, notes.interchange, notes.group, st.number)
        body = yield from read_body(st, version, self.feed)
        last = self.feed.next_segment()
        if last is None or last.id != "SE":
            last = self._not_closed(last)
        else:
            last.compare_count(1, last.number - st.number + 1, "segments in the transaction, ST and SE included")
            last.compare_control(2, st.text(2), "the transaction's control number (ST02)")
        self.source.notes = self.notes
        self.broken = self.broken + 1 if body is None or last.number == st.number else 0
        yield _new_transaction(
            code=st.text(1),
            control_number=st.text(2),
            version=version,
            body=body,
            errors=tuple(sorted(notes.errors, key=lambda error: error.segment)),
            unread=tuple(sorted(notes.unread, key=lambda raw: raw.segment)),
            interchange=notes.interchange,
            group=notes.group,
            segment=st.number,
            segment_count=last.number - st.number + 1,
        )

    def _notes(self, st: Segment, version: str) -> Notes:
        def locate(segment: int, missing: str) -> str:
            return loop_of(st.text(1), version, self.feed.backwards(segment), missing)

        return Notes(self.notes.interchange, self.notes.group, st.text(2), version, locate)

    def _not_closed(self, following: Segment | None) -> Segment:
        """The transaction's last segment: the one before what cannot be inside, to which the feed goes back."""
        if following:
            self.feed.back_to(following.number)
        last = self.feed.last()
        self.source.notes.add(
            ErrorKind.MISSING_SEGMENT,
            "The transaction is not closed by an SE.",
            segment=last.number,
            segment_id=last.id[:3],
            found=self.source.delimiters.element.join(following.elements) if following else "",
            expected="SE",
        )
        return last
