"""pyx12, the independent judge of each outgoing 837P, and where in the file each of its complaints lies.

pyx12 reads its XML maps anew for every file (115 ms). They are kept here for the life of the process, with what
`quick_pyx12` looks up in them; a claim then costs some 1 ms.
"""

import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import pyx12.errors
import pyx12.map_if
import pyx12.map_index
import pyx12.params
import pyx12.x12n_document

from apps.claims.encode.quick_pyx12 import make_quick
from apps.claims.rules.x12_codes import segment_sentence
from apps.core.plain_codes import whole_number

# pyx12 logs values of the file; they are PHI.
logging.getLogger("pyx12").addHandler(logging.NullHandler())
logging.getLogger("pyx12").propagate = False
# The kept maps hold the place of the reader within them, so one file at a time.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Complaint:
    """`position` counts segments from the ST as 1, as a 999 does; 0: the file as a whole. `code` is an IK304 or IK403 code."""

    position: int
    segment: str
    code: str
    element: int | None = None

    @property
    def sentence(self) -> str:
        """Free of the claim's data."""
        return segment_sentence(self.segment, self.code, self.element) if self.segment else "the file cannot be read."


_REFUSALS = (pyx12.errors.EngineError, pyx12.errors.X12Error)
# On some input pyx12 falls over instead. That says nothing good of the file: it is refused like one that cannot be read.
_CRASHES = (ValueError, AttributeError, IndexError, AssertionError, KeyError, TypeError)
UNREADABLE = Complaint(0, "", "")


@cache
def _kept_maps() -> pyx12.params.ParamsBase:
    pyx12.map_if.load_map_file = lru_cache(pyx12.map_if.load_map_file)
    pyx12.map_index.map_index = lru_cache(pyx12.map_index.map_index)  # type: ignore[misc, assignment]  # a class, kept by its arguments
    make_quick()
    settings = pyx12.params.params(None)  # type: ignore[call-arg]  # its own signature names no argument
    settings.set("exclude_external_codes", "")
    return settings


def judge(payload: bytes) -> list[Complaint]:
    """What pyx12 has against a file of one transaction; nothing: it is sound."""
    answer = io.StringIO()
    with _one_at_a_time:
        try:
            pyx12.x12n_document.x12n_document(_kept_maps(), io.StringIO(payload.decode()), None, None, fd_json=answer)
        except (*_REFUSALS, *_CRASHES):
            return [UNREADABLE]
    # Where it cannot even begin, it answers nothing.
    return list(_complaints(json.loads(answer.getvalue()))) if answer.getvalue() else [UNREADABLE]


def _complaints(document: Mapping[str, Any]) -> Iterator[Complaint]:
    for interchange in document["interchanges"]:
        yield from (Complaint(0, "ISA", str(error["err_cde"])) for error in interchange["errors"])
        for group in interchange["groups"]:
            yield from (Complaint(0, "GS", str(error["err_cde"])) for error in group["errors"])
            for transaction in group["transactions"]:
                for segment in transaction["segments"]:
                    yield from _of_segment(segment)


def _of_segment(segment: Mapping[str, Any]) -> Iterator[Complaint]:
    name, position = str(segment["seg_id"]), int(segment["seg_count"])
    elements = [
        Complaint(position, name, str(error["err_cde"]), int(element["ele_pos"]))
        for element in segment["elements"]
        for error in element["errors"]
    ]
    yield from elements
    for error in segment["errors"]:
        if not (elements and str(error["err_cde"]) == "8"):
            yield Complaint(position, name, str(error["err_cde"]))


def claims_at(payload: bytes, positions: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Which claims (CLM01) each segment position, counted from the ST as 1, speaks of.

    A segment of a claim: that claim. A segment of a provider's, subscriber's or patient's level: every claim beneath that level.
    A segment above all levels, or 0: none.
    """
    levels = _levels(payload)
    return {position: _beneath(levels, position) for position in positions}


def lines_at(payload: bytes, positions: Sequence[int]) -> dict[int, int]:
    """The number of our line (the end of its REF*6R) for each of these positions that lies in a service line's loop."""
    found: dict[int, int] = {}
    loop: list[int] = []
    number = 0
    for position, parts in _segments(payload):
        if parts[0] in {"LX", "CLM", "HL", "SE"}:
            found |= dict.fromkeys(loop, number) if number else {}
            loop, number = [], 0
        if loop or parts[0] == "LX":
            loop.append(position)
        if loop and parts[0] == "REF" and parts[1] == "6R":
            number = whole_number(parts[2].rpartition("L")[2]) or 0
    return {position: found[position] for position in positions if position in found}


@dataclass(frozen=True, slots=True)
class _Mark:
    """An HL (`level` 20, 22 or 23) or a CLM (`level` 99) and where it begins."""

    position: int
    level: int
    claim: str = ""


def _segments(payload: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each segment's elements and its place, counted from the ST as 1."""
    text = payload.decode()
    element, terminator = text[3], text[105]
    position = 0
    for raw in text.split(terminator):
        parts = raw.strip("\r\n").split(element)
        position = 1 if parts[0] == "ST" else position + 1
        yield position, parts


def _levels(payload: bytes) -> list[_Mark]:
    marks = []
    for position, parts in _segments(payload):
        if parts[0] == "HL":
            marks.append(_Mark(position, int(parts[3])))
        elif parts[0] == "CLM":
            marks.append(_Mark(position, 99, parts[1]))
    return marks


def _beneath(marks: Sequence[_Mark], position: int) -> tuple[str, ...]:
    before = [index for index, mark in enumerate(marks) if mark.position <= position]
    if not before:
        return ()
    here = marks[before[-1]]
    if here.claim:
        return (here.claim,)
    found = []
    for mark in marks[before[-1] + 1 :]:
        if mark.level <= here.level:
            break
        if mark.claim:
            found.append(mark.claim)
    return tuple(found)
