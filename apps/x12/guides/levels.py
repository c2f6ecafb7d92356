"""The levels (HL) that inquiries and answers are made of, in file order, which the guides fix, not by HL02."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Party
from apps.x12.guides.parts_read import note_missing, read_party
from apps.x12.segments import Segment, first, split_at
from apps.x12.writer import Writer

Person = TypeVar("Person")


@dataclass(slots=True)
class Level:
    """One HL with its segments and the levels under it. A level that the file leaves out has no segments."""

    segments: list[Segment] = field(default_factory=list)
    below: list["Level"] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The HL's place in the file, 0 if it has none."""
        return self.segments[0].number if self.segments else 0

    def party(self) -> Party:
        """Whom the level is about."""
        nm1 = first(self.segments, "NM1")
        return read_party(nm1) if nm1 else Party()


def read_levels(blocks: Sequence[list[Segment]], *codes: str) -> list[Level]:
    """The outermost levels. `codes` are the HL03 from outside to inside; another is noted and left out, and a level
    without the one above it gets an empty one and an error. One without a name (NM1) is noted.
    """
    outermost: list[Level] = []
    path: list[Level] = []
    for block in blocks:
        code = block[0].text(3)
        if code not in codes:
            block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, f"{', '.join(codes[:-1])} or {codes[-1]}")
            continue
        depth = codes.index(code)
        if depth > len(path):
            message = "A level stands without the one above it."
            block[0].note_segment(ErrorKind.MISSING_SEGMENT, message, f"HL level {codes[depth - 1]}")
        if first(block, "NM1") is None:
            note_missing(block[0], "NM1")
        del path[depth:]
        for level in (*(Level() for _ in range(depth - len(path))), Level(block)):
            (path[-1].below if path else outermost).append(level)
            path.append(level)
    return outermost


def patient_levels(subscriber: Level, *spoken_of: str) -> list[Level]:
    """The subscriber's own level, if a segment of `spoken_of` stands there or nobody is under it, and each dependent's. Else the
    subscriber is only the context of its dependents.
    """
    is_patient = not subscriber.below or any(segment.id in spoken_of for segment in subscriber.segments)
    return [subscriber, *subscriber.below] if is_patient else subscriber.below


def traced_claims(subscriber: Level, trace_type: str) -> Iterator[tuple[Level, list[list[Segment]]]]:
    """Each patient's level with its claims, which begin with a TRN of `trace_type`. One without a claim is noted."""
    for level in patient_levels(subscriber, "TRN"):
        _, claims = split_at(level.segments, "TRN")
        if not claims:
            note_missing(level.segments[0], "TRN", trace_type)
        yield level, claims


def keep_unknown(segments: Sequence[Segment], known: frozenset[str]) -> None:
    """What is in no place of the guide is kept and named. The first segment is the ST."""
    for segment in segments[1:]:
        if segment.id not in known:
            segment.source.notes.keep(segment)


@dataclass(slots=True)
class LevelWriter:
    """Numbers the levels of one transaction."""

    writer: Writer
    number: int = 0

    def open(self, parent: int | None, code: str, *, has_children: bool | None) -> int:
        """HL; its number. `has_children` None: HL04 is not used at this level."""
        self.number += 1
        children = "" if has_children is None else str(int(has_children))
        self.writer.segment("HL", self.number, parent, code, children)
        return self.number

    def open_patient(
        self, parent: int, subscriber: Person, dependent: Person | None, write: Callable[[Writer, Person], None]
    ) -> None:
        """The levels (22, 23) of a subscriber and of the dependent who is the patient, if it is one."""
        own = self.open(parent, "22", has_children=dependent is not None)
        write(self.writer, subscriber)
        if dependent is not None:
            # X212 2000E: a dependent's level has no HL04.
            self.open(own, "23", has_children=None)
            write(self.writer, dependent)
