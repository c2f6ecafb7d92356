"""One interchange walked from ISA to IEA. The insides of a transaction are the guides' business."""

from collections.abc import Iterator
from dataclasses import replace

from apps.x12.collection import paused_collection
from apps.x12.envelope import Group, Interchange, Transaction
from apps.x12.errors import ErrorKind, ReadError
from apps.x12.guides.reading import read_body
from apps.x12.guides.ta1 import InterchangeAcknowledgment, read_ta1
from apps.x12.segments import Notes, Segment, Source
from apps.x12.tokens import Chunk

Event = Interchange | Group | Transaction | InterchangeAcknowledgment | ReadError

_ISA_LENGTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]
_ENDS = ("SE", "ST", "GE", "GS", "IEA")


def walk(chunk: Chunk) -> Iterator[Event]:
    """An interchange's events in file order; each error follows the event at whose segment it was found."""
    return _Walk(chunk).events()


class _Walk:
    """Counts and control numbers are checked where their trailers stand; nothing found wrong ends the walk."""

    def __init__(self, chunk: Chunk) -> None:
        self.texts = chunk.segments
        self.offset = chunk.first
        self.notes = Notes()
        self.source = Source(chunk.delimiters, self.notes, chunk.is_padded)
        self.separator = chunk.delimiters.element
        self.stops = frozenset((*_ENDS, *(f"{name}{self.separator}" for name in _ENDS)))
        self.groups = 0
        self.transactions = 0
        self.group_is_open = False
        self.is_closed = False
        self.version = ""

    def events(self) -> Iterator[Event]:
        yield self._open_interchange(self._segment(0))
        at = 1
        while at < len(self.texts):
            if self._id(at) == "ST":
                end = self._end_of_transaction(at)
                yield from self._transaction(at, end)
                at = end
            else:
                yield from self._envelope_segment(self._segment(at))
                at += 1
            yield from self._flush()
        if not self.is_closed:
            self._not_closed(self._segment(len(self.texts) - 1))
        yield from self._flush()

    def _id(self, at: int) -> str:
        return self.texts[at].partition(self.separator)[0]

    def _segment(self, at: int) -> Segment:
        return Segment(self.texts[at].split(self.separator), self.offset + at, self.source)

    def _flush(self) -> Iterator[ReadError]:
        yield from self.notes.errors
        self.notes.errors.clear()

    def _note(self, kind: ErrorKind, message: str, at: Segment) -> None:
        self.notes.add(kind, message, segment=at.number, segment_id=at.id[:3])

    def _open_interchange(self, isa: Segment) -> Interchange:
        self.notes.interchange = isa.text(13)
        if [len(text) for text in isa.elements[1:16]] != _ISA_LENGTHS:
            self._note(ErrorKind.BAD_ENVELOPE, "The elements of the ISA do not have their fixed lengths.", isa)
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

    def _envelope_segment(self, segment: Segment) -> Iterator[Group | InterchangeAcknowledgment]:
        match segment.id:
            case "GS":
                yield self._open_group(segment)
            case "GE":
                self._close_group(segment)
            case "IEA":
                self._close_interchange(segment)
            case "TA1":
                yield read_ta1(segment)
            case _:
                self._note(ErrorKind.UNEXPECTED_SEGMENT, "A segment stands outside of any transaction.", segment)

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
            self._note(ErrorKind.BAD_ENVELOPE, "A group is not closed by a GE.", at)
        self.group_is_open = False
        self.notes.group = ""

    def _close_group(self, ge: Segment) -> None:
        if not self.group_is_open:
            self._note(ErrorKind.BAD_ENVELOPE, "A GE closes no group.", ge)
            return
        ge.compare_count(1, self.transactions, "transactions in the group")
        ge.compare_control(2, self.notes.group, "the group's control number (GS06)")
        self.group_is_open = False
        self.notes.group = ""

    def _close_interchange(self, iea: Segment) -> None:
        self._leave_open_group(iea)
        iea.compare_count(1, self.groups, "groups in the interchange")
        iea.compare_control(2, self.notes.interchange, "the interchange's control number (ISA13)")
        self.is_closed = True

    def _not_closed(self, last: Segment) -> None:
        self._leave_open_group(last)
        self._note(ErrorKind.BAD_ENVELOPE, "The interchange is not closed by an IEA.", last)

    def _end_of_transaction(self, start: int) -> int:
        """Where the transaction's last segment ends: after its SE, or where something begins that cannot be inside."""
        stops = self.stops
        for at in range(start + 1, len(self.texts)):
            if self.texts[at][:3] in stops and self._id(at) in _ENDS:
                return at + 1 if self._id(at) == "SE" else at
        return len(self.texts)

    def _transaction(self, start: int, end: int) -> Iterator[Group | Transaction]:
        st = self._segment(start)
        if not self.group_is_open:
            self._note(ErrorKind.BAD_ENVELOPE, "A transaction stands outside of any group.", st)
            self.group_is_open = True
            self.groups += 1
            yield Group("", "", "", "", "", segment=st.number)
        self.transactions += 1
        notes = Notes(self.notes.interchange, self.notes.group, st.text(2))
        source = replace(self.source, notes=notes)
        version = st.text(3) or self.version
        texts = self.texts[start:end]
        with paused_collection():
            body = read_body(st.text(1), version, texts, st.number, source)
        _check_trailer(Segment(source.split(texts[-1]), st.number + len(texts) - 1, source), st, len(texts))
        yield Transaction(
            code=st.text(1),
            control_number=st.text(2),
            version=version,
            body=body,
            errors=tuple(sorted(notes.errors, key=lambda error: error.segment)),
            interchange=notes.interchange,
            group=notes.group,
            segment=st.number,
            segment_count=len(texts),
        )


def _check_trailer(last: Segment, st: Segment, count: int) -> None:
    if last.id != "SE":
        last.source.notes.add(
            ErrorKind.MISSING_SEGMENT,
            "The transaction is not closed by an SE.",
            segment=last.number,
            segment_id=last.id[:3],
            expected="SE",
        )
        return
    last.compare_count(1, count, "segments in the transaction, ST and SE included")
    last.compare_control(2, st.text(2), "the transaction's control number (ST02)")
