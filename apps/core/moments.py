from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A bead of a history, as components/timeline_item.html reads it."""

    what: str
    at: datetime
    state: str = ""
    detail: str = ""
    by: str = ""
