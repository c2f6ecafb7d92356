"""One loop's segments while it is read: each is taken once, and what nobody takes is kept, never dropped."""

from collections.abc import Sequence

from apps.x12.errors import ErrorKind
from apps.x12.guides.extents import CLAIM_NUMBERS, CLAIMS
from apps.x12.guides.parts import Address, Contact, DatedPeriod, Reference
from apps.x12.guides.parts_read import address_of, read_contact, read_period, read_reference
from apps.x12.guides.x837p.records import Paperwork
from apps.x12.held import keep_more
from apps.x12.raw import RawSegment
from apps.x12.segments import Segment

# All segments of X222A1 between ST and SE.
KNOWN = frozenset(
    {
        *("ST", "BHT", "NM1", "N3", "N4", "PER", "HL", "PRV", "CUR", "REF", "SBR", "PAT", "DMG", "CLM"),
        *("DTP", "PWK", "CN1", "AMT", "K3", "NTE", "CR1", "CR2", "CR3", "CRC", "HI", "HCP", "CAS"),
        *("OI", "MOA", "LX", "SV1", "SV5", "QTY", "MEA", "PS1", "LIN", "CTP", "SVD", "LQ", "FRM"),
    }
)
# The elements of these that are composites. A colon anywhere else is a person's.
COMPOSITES = {
    "CLM": frozenset({5, 11}),
    "CTP": frozenset({5}),
    "DMG": frozenset({5}),
    "HI": frozenset(range(1, 13)),
    "K3": frozenset({3}),
    "MEA": frozenset({4}),
    "PWK": frozenset({8}),
    "REF": frozenset({4}),
    "SV1": frozenset({1, 7}),
    "SV5": frozenset({1}),
    "SVD": frozenset({3}),
}
# Their first element says what they are.
_QUALIFIED = frozenset({"REF", "DTP", "AMT", "HI"})


def row(segment: Segment, length: int) -> list[str]:
    """The elements, the id the first, filled up with "" so that those up to `length` can be named."""
    elements = segment.elements
    return elements + [""] * (length + 1 - len(elements))


class Loop:
    """`opener` is the first segment; `openers` begin the loops inside of this one, and the segments before them are its own. A segment
    that the guide does not know is kept with the transaction.
    """

    __slots__ = ("_blocks", "_doubles", "_found", "opener")

    def __init__(self, segments: Sequence[Segment], *openers: str) -> None:
        self.opener = segments[0]
        keep_more(self.opener, CLAIMS)
        self._found: dict[str, Segment] = {}
        self._doubles: list[Segment] = []
        self._blocks: list[list[Segment]] = []
        current: list[Segment] | None = None
        for segment in segments[1:]:
            key = segment.id
            if key in openers:
                current = [segment]
                self._blocks.append(current)
            elif current is not None:
                current.append(segment)
            elif key in KNOWN:
                if key in _QUALIFIED:
                    key = _qualified(segment)
                if self._found.setdefault(key, segment) is not segment:
                    self._doubles.append(segment)
            else:
                segment.source.notes.keep(segment)

    def has_more(self) -> bool:
        """Whether anything is left."""
        return bool(self._found or self._doubles or self._blocks)

    def take(self, key: str) -> Segment | None:
        """The first `SV1`, or `REF6R`: the id, with the qualifier where it has one."""
        segment = self._found.pop(key, None)
        if segment:
            keep_more(segment, CLAIM_NUMBERS if segment.id == "REF" else CLAIMS)
        return segment

    def value(self, key: str, element: int = 2) -> str:
        """An element of the first such segment, "" if there is none."""
        segment = self.take(key)
        return segment.text(element) if segment else ""

    def each(self, segment_id: str) -> list[Segment]:
        """All that are left of an id, in the file's order."""
        if not self._found and not self._doubles:
            return []  # nearly always
        taken = [segment for segment in self._left() if segment.id == segment_id]
        if taken:
            for segment in taken:
                keep_more(segment, CLAIMS)
            self._found = {key: segment for key, segment in self._found.items() if segment.id != segment_id}
            self._doubles = [segment for segment in self._doubles if segment.id != segment_id]
        return taken

    def loop(self, opener: str, *qualifiers: str) -> "Loop | None":
        """The first inner loop of that kind."""
        for at, block in enumerate(self._blocks):
            if block[0].id == opener and block[0].text(1) in qualifiers:
                return Loop(self._blocks.pop(at))
        return None

    def loops(self, opener: str) -> "list[Loop]":
        """All inner loops that `opener` opens."""
        if not self._blocks:
            return []
        taken = [block for block in self._blocks if block[0].id == opener]
        self._blocks = [block for block in self._blocks if block[0].id != opener]
        return [Loop(block) for block in taken]

    def references(self) -> tuple[Reference, ...]:
        """The REF that are left."""
        return tuple(read_reference(ref) for ref in self.each("REF"))

    def periods(self) -> tuple[DatedPeriod, ...]:
        """The DTP that are left; one without a readable date is an error."""
        found = [read_period(dtp) for dtp in self.each("DTP")]
        return tuple(period for period in found if period)

    def address(self) -> Address | None:
        return address_of(self.take("N3"), self.take("N4"))

    def contacts(self, most: int) -> list[Contact | None]:
        """So many as a record has places for, None where there are fewer; any more are left."""
        found = self.each("PER")
        self._doubles += found[most:]
        contacts: list[Contact | None] = [read_contact(per) for per in found[:most]]
        return contacts + [None] * (most - len(contacts))

    def paperwork(self) -> tuple[Paperwork, ...]:
        return tuple(Paperwork(pwk.text(1), pwk.text(2), pwk.text(6), pwk.number) for pwk in self.each("PWK"))

    def rest(self) -> tuple[RawSegment, ...]:
        """What nobody took: the loop's own segments, then whole inner loops. A composite's parts stand with ":" between them,
        whatever the file has there.
        """
        if not self.has_more():
            return ()
        inner = [segment for block in self._blocks for segment in block]
        for segment in inner:
            if segment.id not in KNOWN:
                segment.source.notes.keep(segment)
        return tuple(_raw(segment) for segment in (*self._left(), *inner) if segment.id in KNOWN)

    def close(self) -> None:
        """In a loop that keeps no rest, what nobody took stands where the guide has no place for it."""
        inner = (segment for block in self._blocks for segment in block)
        for segment in (*self._left(), *inner):
            sentence = f"{segment.id} has no place in this loop; it is kept as it stands."
            segment.note_segment(ErrorKind.UNEXPECTED_SEGMENT, sentence, "a segment of the loop")
            segment.source.notes.keep_raw(_raw(segment))

    def _left(self) -> list[Segment]:
        if not self._found and not self._doubles:
            return []
        return sorted((*self._found.values(), *self._doubles), key=lambda segment: segment.number)


def _raw(segment: Segment) -> RawSegment:
    composites, mark = COMPOSITES.get(segment.id), segment.source.delimiters.component
    if composites is None:
        return RawSegment(tuple(segment.elements), segment.number)
    texts = (text.replace(mark, ":") if at in composites else text for at, text in enumerate(segment.elements))
    return RawSegment(tuple(texts), segment.number)


def _qualified(segment: Segment) -> str:
    if segment.id == "HI":
        return "HI" if segment.text(1).startswith("ABK") else "HI of another kind"
    if segment.id == "REF" and segment.text(4):
        return f"REF{segment.text(1)} of another payer"
    return segment.id + segment.text(1)
