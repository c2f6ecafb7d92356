"""Which elements of a segment the records of a guide hold. A segment with anything else in it is kept beside them as it stands, so
that nothing that a sender says is lost in silence.

Every segment of a claim file is asked, so a question is put together once, as Python's own text (as `swift` does): a loop over what is
not held costs a fifth of the reading.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, cast

from apps.x12.segments import Segment

# (its elements, the component separator): whether it says more than is held.
SaysMore = Callable[[Sequence[str], str], bool]
Held = dict[str, SaysMore]


def held(*lines: str) -> Held:
    """Of lines like "SVC 1/6 2-5 6/6": six components of SVC01, SVC02 to SVC05, six components of SVC06. "1=D8|" is held where it says D8
    or nothing. "NM1*40" is an NM1 of that role.
    """
    return {line.split()[0]: _question(line.split()[1:]) for line in lines}


def _question(items: Sequence[str]) -> SaysMore:
    elements: set[int] = set()
    asked: list[str] = []
    words: list[frozenset[str]] = []
    for item in items:
        place, _, said = item.partition("=")
        place, _, most = place.partition("/")
        first, _, last = place.partition("-")
        places = range(int(first), int(last or first) + 1)
        elements.update(places)
        if most:
            asked += [
                f"(n > {at} and e[{at}].count(mark) >= {most} and any(e[{at}].split(mark)[{most}:]))" for at in places
            ]
        if said:
            asked.append(f"(n > {first} and e[{first}] not in words[{len(words)}])")
            words.append(frozenset(said.split("|")))
    behind = max(elements, default=0) + 1
    asked += [f"(n > {start} and any(e[{start}:{end}]))" for start, end in _gaps(elements)]
    asked.append(f"(n > {behind} and any(e[{behind}:]))")
    space: dict[str, Any] = {"words": words}
    exec(f"def says_more(e, mark):\n n = len(e)\n return {' or '.join(asked)}", space)  # noqa: S102  of our own lines
    return cast("SaysMore", space["says_more"])


def _gaps(elements: set[int]) -> Iterator[tuple[int, int]]:
    """The runs between two held elements, as a slice's bounds."""
    for before, after in pairwise(sorted(elements | {0})):
        if after > before + 1:
            yield before + 1, after


def keep_more(segment: Segment, questions: Held) -> None:
    """Keeps a segment that says more than the records hold; without an error, since its guide knows what it says."""
    says_more = questions.get(segment.id)
    if segment.id == "NM1":
        says_more = questions.get(f"NM1*{segment.text(1)}", says_more)
    if says_more and says_more(segment.elements, segment.source.delimiters.component):
        segment.source.notes.keep_silently(segment)
