"""What stood before a segment, for naming the loop of one with which something is wrong."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from apps.x12.feed import Feed
from apps.x12.segments import Segment
from apps.x12.tokens import Block


class RememberingFeed(Feed):
    """A feed that keeps the list of segments before the present one, too: a loop may lie across both."""

    def __init__(self, source: bytes | BinaryIO) -> None:
        super().__init__(source)
        self._earlier: list[str] = []
        self._earlier_first = 1

    def _take(self, block: Block) -> None:
        if block.segments:
            self._earlier, self._earlier_first = self._texts, self._first
        super()._take(block)

    def backwards(self, number: int) -> Iterator[Sequence[str]]:
        """The elements of the segment and of those before it, as far as they are at hand."""
        for texts, first in ((self._texts, self._first), (self._earlier, self._earlier_first)):
            for at in range(min(number - first, len(texts) - 1), -1, -1):
                yield self.source.split(texts[at])


def backwards_in(segments: Sequence[Segment], number: int) -> Iterator[Sequence[str]]:
    """As `RememberingFeed.backwards`, where a transaction is in memory; nothing for a segment behind it."""
    at = number - segments[0].number
    if at < len(segments):
        yield from (segment.elements for segment in reversed(segments[: at + 1]))
