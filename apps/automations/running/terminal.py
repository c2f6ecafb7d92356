"""Progress for the person at the terminal."""

import sys
from datetime import datetime

from apps.core import clock


class Progress:
    """One line that is written over, on a terminal; a line a week elsewhere."""

    def __init__(self, title: str, days: int) -> None:
        self._title, self._days = title, days
        self._first = 0
        self._shown = -1

    def at(self, moment: datetime) -> None:
        day = clock.practice_date(moment)
        number = day.toordinal()
        self._first = self._first or number
        passed = number - self._first
        if passed == self._shown:
            return
        self._shown = passed
        text = f"{self._title}: {day:%b} {day.day}, day {passed + 1} of {self._days}"
        if sys.stderr.isatty():
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)
        elif passed % 7 == 0:
            print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)
