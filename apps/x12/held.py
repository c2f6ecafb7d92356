"""Which elements of a segment the records of a guide hold. A segment with anything else in it is kept beside them as it stands, so
that nothing that a sender says is lost in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.x12.segments import Segment


@dataclass(frozen=True, slots=True)
class Extent:
    """`last`: the elements behind it are not held, nor are `gaps` before it; `parts`: so many components of the composite; `words`: what
    the element may say without saying anything.
    """

    last: int
    gaps: tuple[int, ...]
    parts: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, frozenset[str]], ...]

    def is_exceeded(self, elements: Sequence[str], component: str) -> bool:
        count = len(elements)
        if count > self.last + 1 and any(elements[self.last + 1 :]):
            return True
        for at in self.gaps:
            if at < count and elements[at]:
                return True
        for at, words in self.words:
            if at < count and elements[at] not in words:
                return True
        for at, most in self.parts:
            if at < count and elements[at].count(component) >= most and any(elements[at].split(component)[most:]):
                return True
        return False


Held = dict[str, Extent]


def held(*lines: str) -> Held:
    """Of lines like "SVC 1/6 2-5 6/6": six components of SVC01, SVC02 to SVC05, six components of SVC06. "1=D8|" is held where it says D8
    or nothing. "NM1*40" is an NM1 of that role.
    """
    return {line.split()[0]: _extent(line.split()[1:]) for line in lines}


def _extent(items: Sequence[str]) -> Extent:
    elements: set[int] = set()
    parts, words = [], []
    for item in items:
        place, _, said = item.partition("=")
        place, _, most = place.partition("/")
        first, _, last = place.partition("-")
        elements.update(range(int(first), int(last or first) + 1))
        if most:
            parts.extend([(at, int(most)) for at in range(int(first), int(last or first) + 1)])
        if said:
            words.append((int(first), frozenset(said.split("|"))))
    last_held = max(elements, default=0)
    gaps = tuple(at for at in range(1, last_held) if at not in elements)
    return Extent(last_held, gaps, tuple(parts), tuple(words))


def keep_more(segment: Segment, extents: Held) -> None:
    """Keeps a segment that says more than the records hold; without an error, since its guide knows what it says."""
    key = f"NM1*{segment.text(1)}" if segment.id == "NM1" else segment.id
    extent = extents.get(key) or extents.get(segment.id)
    if extent and extent.is_exceeded(segment.elements, segment.source.delimiters.component):
        segment.source.notes.keep_silently(segment)
