"""Payers' filing clocks: days from the date of service, or from a payer's answer. A `filing_indicator` is the payer's, SBR09."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from apps.practice.rules.deadlines import last_day


@dataclass(frozen=True)
class FilingClock:
    """How long a payer takes a claim after an answer: from that answer, or from the date of service."""

    days: int
    from_service: bool


def filing_due(service: date, days: int | None, *, filing_indicator: str) -> date | None:
    """The last day on which the payer takes a first claim; None while nobody has configured it (never guessed)."""
    return last_day(service, days, filing_indicator=filing_indicator) if days is not None else None


def earliest(
    clocks: Iterable[FilingClock], *, served: date, answered: date | None, filing_indicator: str
) -> date | None:
    """The last day by the strictest clock. One that runs from an answer which is not known is not counted; None: none is."""
    starts = [(served if clock.from_service else answered, clock.days) for clock in clocks]
    ends = [last_day(start, days, filing_indicator=filing_indicator) for start, days in starts if start]
    return min(ends, default=None)
