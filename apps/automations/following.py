"""What a step did, and which steps follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Next = tuple[str, str]
# A run's count that says: the practice has no such system, so there was nobody to ask.
NOT_CONNECTED = "not connected"


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did, for the job's record, and the steps that follow: (name, key).

    `failure`: what could not be done, while the rest was. What follows the rest follows all the same.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    then: tuple[Next, ...] = ()
    failure: Exception | None = None


# An office whose charges come as files has no EHR that could be asked; one that is being set up has nothing at all.
NOBODY = Done({NOT_CONNECTED: 1})


def then(came: int, *steps: str) -> tuple[Next, ...]:
    """What follows only where something came: whatever is left behind, the sweep finds."""
    return tuple((step, "") for step in steps) if came else ()


def each(step: str, keys: Iterable[str]) -> tuple[Next, ...]:
    return tuple((step, key) for key in keys)
