"""The days that a figure looks at, practice-local, and how much history there is to look at."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min

from apps.core import clock
from apps.intake.models import Encounter

DAYS = 90


@dataclass(frozen=True, slots=True)
class Window:
    """`first` to `last`, both included. `days` counts those of which there is history; fewer than asked for: `note` says so."""

    first: date
    last: date
    days: int
    note: str

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the window."""
        return end_of(self.last)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.practice_zone())


def end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1))


def history_start() -> date | None:
    """The first day of service that we know of."""
    found: date | None = Encounter.objects.aggregate(first=Min("service_date"))["first"]
    return found


def last_days(on: date, days: int = DAYS) -> Window:
    first = on - timedelta(days=days - 1)
    began = history_start()
    if began is None or began > on:
        return Window(first, on, 0, "No history yet.")
    known = (on - max(first, began)).days + 1
    note = f"Only {known} {'day' if known == 1 else 'days'} of history, not {days}." if known < days else ""
    return Window(first, on, known, note)
