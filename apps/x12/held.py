"""Which elements of a segment the records of a guide hold. A segment with anything else in it is kept beside them as it stands, so
that nothing that a sender says is lost in silence.

Every segment of a claim file is asked, so a question is put together once for each length that a segment comes in, as Python's own text
(as `swift` does): most lengths leave nothing to ask, and a loop over what is not held costs a fifth of the reading.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from apps.x12.segments import Segment

# (its elements, the component separator): true where it says more than is held.
Asked = Callable[[Sequence[str], str], object]


class Question(dict[int, Asked | None]):
    """By the number of a segment's elements, its id among them; None where one so short can say no more than is held."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__()
        self.roles: dict[str, Question] = {}  # by the first element, those that are held otherwise
        self._elements: set[int] = set()
        self._components: dict[int, int] = {}  # by place, how many are held
        self._words: dict[int, frozenset[str]] = {}
        for item in items:
            place, _, said = item.partition("=")
            place, _, most = place.partition("/")
            first, _, last = place.partition("-")
            places = range(int(first), int(last or first) + 1)
            self._elements.update(places)
            if most:
                self._components.update(dict.fromkeys(places, int(most)))
            if said:
                self._words[int(first)] = frozenset(said.split("|"))
        self._behind = max(self._elements) + 1

    def __missing__(self, length: int) -> Asked | None:
        if length > self._behind + 1:
            return self[self._behind + 1]  # asks for all that is behind
        asked = " or ".join(self._asked(length))
        self[length] = None
        if asked:
            space: dict[str, Any] = {"words": self._words}
            exec(f"def asked(e, mark):\n return {asked}", space)  # noqa: S102  of our own lines
            self[length] = cast("Asked", space["asked"])
        return self[length]

    def _asked(self, length: int) -> list[str]:
        asked = [f"e[{at}]" for at in range(1, min(self._behind, length)) if at not in self._elements]
        asked += [f"e[{at}] not in words[{at}]" for at in self._words if at < length]
        asked += [
            f"e[{at}].count(mark) >= {most} and any(e[{at}].split(mark)[{most}:])"
            for at, most in self._components.items()
            if at < length
        ]
        return asked + ([f"any(e[{self._behind}:])"] if length > self._behind else [])


Held = dict[str, Question]


def held(*lines: str) -> Held:
    """Of lines like "SVC 1/6 2-5 6/6": six components of SVC01, SVC02 to SVC05, six components of SVC06. "1=D8|" is held where it says D8
    or nothing. "NM1*40" is an NM1 of that role, behind the line of all others.
    """
    found: Held = {}
    for line in lines:
        name, *items = line.split()
        segment_id, _, role = name.partition("*")
        if role:
            found[segment_id].roles[role] = Question(items)
        else:
            found[segment_id] = Question(items)
    return found


def says_more(elements: Sequence[str], mark: str, questions: Held) -> bool:
    """Whether a segment that `questions` ask about says more than the records hold of it. `mark` parts components."""
    question = questions[elements[0]]
    if question.roles and len(elements) > 1:
        question = question.roles.get(elements[1].strip(" "), question)
    asked = question[len(elements)]
    return asked is not None and bool(asked(elements, mark))


def keep_more(segment: Segment, questions: Held) -> None:
    """Keeps a segment that says more than the records hold; without an error, since its guide knows what it says."""
    if segment.id in questions and says_more(segment.elements, segment.source.delimiters.component, questions):
        segment.source.notes.keep_silently(segment)
