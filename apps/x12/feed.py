"""A file's segments as its readers take them: one at a time between transactions, a list at a time inside of one."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from apps.x12.segments import Notes, Segment, Source
from apps.x12.tokens import Block, Tape

ENDS = frozenset({"SE", "ST", "GE", "GS", "IEA", "ISA"})
# Who wants a few segments is not given a copy of a thousand.
MOST_IN_A_LIST = 200


class Feed:
    """Stands at one segment of one interchange. `source` is that interchange's; `stops` are the first three characters of a
    segment that cannot stand inside of a transaction.
    """

    def __init__(self, source: bytes | BinaryIO) -> None:
        self._tape = Tape(source)
        self._blocks = self._tape.blocks()
        self._coming = next(self._blocks, None)
        self._texts: list[str] = []
        self._at = 0
        self._first = 1
        # A loop may lie across two lists; naming it needs what stood before.
        self._earlier: list[str] = []
        self._earlier_first = 1
        self.is_endless = False
        self.is_behind_damage = False

    @property
    def opening(self) -> str:
        """How the file begins."""
        return self._tape.opening

    def next_interchange(self) -> bool:
        """Goes to the next ISA, the interchange before it having been read to its end; False if there is none."""
        if self._coming is None:
            return False
        marks = self._coming.delimiters
        self.source = Source(marks, Notes())
        self.stops = frozenset((*(f"{name}{marks.element}"[:3] for name in ENDS), *ENDS))
        self.is_behind_damage = self._coming.is_behind_damage
        self._take(self._coming)
        return True

    def _take(self, block: Block) -> None:
        texts = block.segments
        self.is_endless = block.is_endless
        if block.is_padded:
            own = 1 if block.begins else 0  # the ISA is padded by its nature
            texts[own:] = [_without_padding(text, block.delimiters.element) for text in texts[own:]]
        if texts:
            self._earlier, self._earlier_first = self._texts, self._first
            self._texts, self._first, self._at = texts, block.first, 0
        self._coming = next(self._blocks, None)

    def _follows(self) -> bool:
        """Goes to the interchange's next block; False at its end."""
        if self._coming is None or self._coming.begins:
            return False
        self._take(self._coming)
        return True

    def next_segment(self) -> Segment | None:
        """None at the interchange's end."""
        while self._at >= len(self._texts):
            if not self._follows():
                return None
        self._at += 1
        return self._segment(self._at - 1)

    def lists(self) -> Iterator[tuple[list[str], int]]:
        """What is left of the interchange: segment texts and the first one's number. Who does not want all of a list says by
        `back_to` where the next reader goes on.
        """
        while True:
            while self._at < len(self._texts):
                at = self._at
                self._at = min(at + MOST_IN_A_LIST, len(self._texts))
                yield self._texts[at : self._at], self._first + at
            if not self._follows():
                return

    def back_to(self, number: int) -> None:
        """To a segment of the list that was given last."""
        self._at = number - self._first

    def body(self) -> Iterator[Segment]:
        """The segments up to the next one that cannot stand inside of a transaction."""
        for texts, number in self.lists():
            for at, text in enumerate(texts, start=number):
                if text[:3] in self.stops and self._segment(at - self._first).id in ENDS:
                    self.back_to(at)
                    return
                self._at = at - self._first + 1  # who does not go on stands after this one
                yield Segment(self.source.split(text), at, self.source)

    def last(self) -> Segment:
        """The segment before this place."""
        return self._segment(self._at - 1)

    def before(self, segment: Segment) -> Segment:
        """The segment before this one, which was given last; itself where that one is no longer at hand."""
        return self._segment(self._at - 2) if self._at > 1 else segment

    def backwards(self, number: int) -> Iterator[Sequence[str]]:
        """The elements of the segment and of those before it, as far as they are at hand."""
        for texts, first in ((self._texts, self._first), (self._earlier, self._earlier_first)):
            for at in range(min(number - first, len(texts) - 1), -1, -1):
                yield self.source.split(texts[at])

    def _segment(self, at: int) -> Segment:
        return Segment(self.source.split(self._texts[at]), self._first + at, self.source)


def _without_padding(text: str, separator: str) -> str:
    return separator.join([element.strip(" ") for element in text.split(separator)])
