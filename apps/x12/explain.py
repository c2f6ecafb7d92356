"""A file as named segments, for people who want to see the raw data."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """`number` is 1-based within the file, `name` our own words, `elements` those after the segment id, `raw` without
    its terminator.

    `depth` is for indenting: 0 interchange, 1 group, 2 transaction, 3 and more inside. `transaction` is the ST02 that
    it stands in.
    """

    number: int
    id: str
    name: str
    elements: tuple[str, ...]
    raw: str
    depth: int = 0
    transaction: str = ""


def explain(data: bytes) -> Iterator[ExplainedSegment]:
    """Every segment of the file in order, also of guides that we do not read. Never raises; not X12: nothing."""
    raise NotImplementedError
