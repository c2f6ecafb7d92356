"""Segments that no field holds, written again in their place."""

from collections.abc import Iterable, Sequence

from apps.x12.guides.x837p.loop import COMPOSITES
from apps.x12.guides.x837p.records import Paperwork
from apps.x12.raw import RawSegment
from apps.x12.writer import Writer

# The order in which X222A1 gives a loop's own segments.
PROVIDER_ORDER = ("PRV", "CUR")
SUBSCRIBER_ORDER = ("SBR", "PAT")
CLAIM_ORDER = ("CLM", "DTP", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CR1", "CR2", "CRC", "HI", "HCP")
COVERAGE_ORDER = ("SBR", "CAS", "AMT", "OI", "MOA")
LINE_ORDER = (
    *(
        "LX",
        "SV1",
        "SV5",
        "PWK",
        "CR1",
        "CR3",
        "CRC",
        "DTP",
        "QTY",
        "MEA",
        "CN1",
        "REF",
        "AMT",
        "K3",
        "NTE",
        "PS1",
        "HCP",
    ),
)


def inner_loops(rest: Sequence[RawSegment]) -> Sequence[RawSegment]:
    """The inner loops before LQ."""
    return _divided(rest)[1] if rest else ()


def forms(rest: Sequence[RawSegment]) -> Sequence[RawSegment]:
    """Loop 2440."""
    return _divided(rest)[2] if rest else ()


def write_raw(writer: Writer, segments: Iterable[RawSegment]) -> None:
    for segment in segments:
        composites = COMPOSITES.get(segment.id, ())
        writer.segment(
            segment.id,
            *(
                tuple(text.split(":")) if at in composites else text
                for at, text in enumerate(segment.elements[1:], start=1)
            ),
        )


def merge_rest(writer: Writer, start: int, rest: Sequence[RawSegment], order: tuple[str, ...]) -> None:
    """Puts the loop's own segments of `rest` between those that were written since `start`."""
    own = _divided(rest)[0] if rest else []
    if not own:
        return
    write_raw(writer, own)
    mark = writer.delimiters.element
    place = {segment_id: at for at, segment_id in enumerate(order)}
    writer.lines[start:] = sorted(writer.lines[start:], key=lambda line: place.get(line.partition(mark)[0], len(place)))


def write_paperwork(writer: Writer, paperwork: Iterable[Paperwork]) -> None:
    """PWK. What is sent on request only has no control number."""
    for paper in paperwork:
        number = ("", "", "AC", paper.control_number) if paper.control_number else ()
        writer.segment("PWK", paper.kind, paper.way, *number)


def _divided(rest: Iterable[RawSegment]) -> tuple[list[RawSegment], list[RawSegment], list[RawSegment]]:
    parts: tuple[list[RawSegment], list[RawSegment], list[RawSegment]] = ([], [], [])
    at = 0
    for segment in rest:
        if segment.id == "LQ":
            at = 2
        elif segment.id == "NM1" and at == 0:
            at = 1
        parts[at].append(segment)
    return parts
