"""How near a deadline is: the one rule by which every page marks it (design rules, "Deadline")."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Due:
    """`shape` is problem (over, today, tomorrow), watch (2 to 7 days), none (later) or unknown (no date)."""

    shape: str
    days: int | None
    words: str
    on: date | None
    at: datetime | None


def due_of(on: date | None, *, today: date, at: datetime | None = None) -> Due:
    """`at` is the hour on that day, where one counts."""
    if on is None:
        return Due("unknown", None, "", None, None)
    days = (on - today).days
    return Due(_shape(days), days, _words(days), on, at)


def _shape(days: int) -> str:
    if days <= 1:
        return "problem"
    return "watch" if days <= 7 else "none"


def _words(days: int) -> str:
    if days < 0:
        return "1 day over" if days == -1 else f"{-days} days over"
    return {0: "Today", 1: "Tomorrow"}.get(days, f"{days} days")
