"""What no record has a place for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RawSegment:
    """A segment as it stands, its id the first element: kept where no record has a place for it."""

    elements: tuple[str, ...]
    segment: int = field(default=0, compare=False)

    @property
    def id(self) -> str:
        return self.elements[0]
