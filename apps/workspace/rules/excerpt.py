"""The segments of a file that speak of one claim, and nothing of anybody else (45 CFR 164.502(b), minimum necessary)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.x12.explain import ExplainedSegment

Named = tuple[str, str, bool]
ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
LIMIT = 200


@dataclass(frozen=True, slots=True)
class _Guide:
    """Where the part about one claim begins and ends. `anchor` and its element hold the claim's number (0-based)."""

    anchor: str
    element: int
    starts: tuple[tuple[str, ...], ...]
    ends: tuple[tuple[str, ...], ...]


# A pattern is a segment id and its first elements; None of them names another claim's data.
_SUBSCRIBER, _PATIENT = ("HL", "*", "*", "22"), ("HL", "*", "*", "PT")
_GUIDES = {
    "837P": _Guide("CLM", 0, (_SUBSCRIBER,), (("HL",), ("SE",))),
    "835": _Guide("CLP", 0, (("CLP",),), (("CLP",), ("LX",), ("PLB",), ("SE",))),
    "276": _Guide("REF", 1, (("TRN",),), (("TRN",), ("HL",), ("SE",))),
    "277": _Guide("REF", 1, (("TRN",),), (("TRN",), ("HL",), ("SE",))),
    "277CA": _Guide("TRN", 1, (_PATIENT,), (("HL",), ("SE",))),
}
# These speak of files, not of claims.
_OF_FILES = frozenset({"999", "TA1"})


def is_about_claims(kind: str) -> bool:
    """Whether a stored file of this kind has segments that say something of a claim; what an EHR sent has none."""
    return kind in _GUIDES or kind in _OF_FILES


def excerpt(segments: Iterable[ExplainedSegment], *, kind: str, control_number: str, meant: int | None) -> list[Named]:
    """(name, text, whether it is segment number `meant`) of each segment about the claim; empty when it is not in there.

    A 999 or TA1 speaks of files, not of claims: all of it is shown.
    """
    found = list(segments)
    guide = _GUIDES.get(kind)
    if guide is None:
        part = found if kind in _OF_FILES else []
    else:
        part = [segment for chunk in _parts(found, guide, control_number) for segment in chunk]
    return [(f"{segment.id}, {segment.name}", segment.raw, segment.number == meant) for segment in part[:LIMIT]]


def _parts(
    segments: Sequence[ExplainedSegment], guide: _Guide, control_number: str
) -> list[Sequence[ExplainedSegment]]:
    parts = []
    for place, segment in enumerate(segments):
        if segment.id == guide.anchor and _element(segment, guide.element) == control_number:
            first = _back(segments, place, guide)
            last = _forward(segments, place, guide)
            parts.append(segments[first:last])
    return parts


def _back(segments: Sequence[ExplainedSegment], place: int, guide: _Guide) -> int:
    while place > 0 and not _matches(segments[place], guide.starts) and segments[place].id not in ENVELOPE:
        place -= 1
    return place + 1 if segments[place].id in ENVELOPE else place


def _forward(segments: Sequence[ExplainedSegment], place: int, guide: _Guide) -> int:
    place += 1
    while place < len(segments) and not _matches(segments[place], guide.ends):
        place += 1
    return place


def _matches(segment: ExplainedSegment, patterns: Iterable[tuple[str, ...]]) -> bool:
    return any(
        segment.id == pattern[0]
        and all(want in {"*", _element(segment, index)} for index, want in enumerate(pattern[1:]))
        for pattern in patterns
    )


def _element(segment: ExplainedSegment, index: int) -> str:
    return segment.elements[index] if index < len(segment.elements) else ""
