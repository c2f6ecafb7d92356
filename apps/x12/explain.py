"""A file as named segments, for people who want to see the raw data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from apps.x12.names import BY_QUALIFIER, DEPTHS, SEGMENTS
from apps.x12.tokens import blocks

_ENVELOPE_DEPTHS = {"ISA": 0, "TA1": 1, "GS": 1, "ST": 2, "SE": 2, "GE": 1, "IEA": 0}
_INSIDE = 3


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


def explain(source: bytes | BinaryIO, first: int = 1) -> Iterator[ExplainedSegment]:
    """Every segment of the file in order, also of guides that we do not read. Never raises; not X12: nothing.

    From the segment of number `first` on; those before it cost a small part of what they cost otherwise. Where that one stands
    inside a loop, those that follow it in the loop may be told a depth less.
    """
    code = transaction = ""
    depth = _INSIDE
    for block in blocks(source):
        passed = max(0, min(first - block.first, len(block.segments)))
        code, transaction = _after(block.segments[:passed], block.delimiters.element) or (code, transaction)
        for number, raw in enumerate(block.segments[passed:], start=block.first + passed):
            segment_id, *elements = raw.split(block.delimiters.element)
            opens = DEPTHS.get(code, {}).get(segment_id)
            if segment_id in _ENVELOPE_DEPTHS:
                at, depth = _ENVELOPE_DEPTHS[segment_id], _INSIDE
            elif opens:
                at, depth = opens, opens + 1
            else:
                at = depth
            if segment_id == "ST":
                code, transaction = (*elements, "", "")[:2]
            elif segment_id == "ISA":
                code = transaction = ""
            name = _name(segment_id, elements)
            yield ExplainedSegment(number, segment_id, name, tuple(elements), raw, at, transaction)
            if segment_id == "SE":
                code = transaction = ""


def _after(passed: list[str], mark: str) -> tuple[str, str] | None:
    """Code and control number of the transaction that is open after these segments, "" for none; None: they say nothing of it."""
    for raw in reversed(passed):
        if raw.startswith((f"ST{mark}", f"SE{mark}", f"ISA{mark}")):
            _, code, transaction, *_rest = (*raw.split(mark), "", "")
            return (code, transaction) if raw.startswith(f"ST{mark}") else ("", "")
    return None


def _name(segment_id: str, elements: list[str]) -> str:
    """A level is named by its third element, all others by their first."""
    at = 2 if segment_id == "HL" else 0
    qualifier = elements[at] if at < len(elements) else ""
    return BY_QUALIFIER.get((segment_id, qualifier)) or SEGMENTS.get(segment_id, "Segment")
