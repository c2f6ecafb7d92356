"""What each of a payer's clocks may be counted from (names of practice.PayerDeadline), how it runs, and when its source is old."""

from collections.abc import Mapping
from datetime import date, timedelta

from apps.core.odd_days import days_after, year_after

STARTS: Mapping[str, tuple[str, ...]] = {
    "filing": ("service",),
    "corrected_filing": ("service", "remittance", "receipt"),
    "further_filing": ("service", "remittance", "receipt"),
    "reopening": ("service", "remittance", "receipt"),
    "records": ("request",),
    "appeal_1": ("service", "remittance", "receipt"),
    "appeal_2": ("decision",),
    "appeal_3": ("decision",),
}
# Payers publish their guides anew every year.
GOOD_FOR = timedelta(days=365)
_MEDICARE = frozenset({"MA", "MB"})  # SBR09
_A_YEAR = (365, 366)  # days


def last_day(start: date, days: int, *, filing_indicator: str) -> date:
    """The last day of a payer's limit. To Medicare one of 365 or 366 days is a calendar year, which is a day longer over a February 29:
    42 CFR 424.44(a) for filing, 405.980(b)(1) for reopening. What begins on a February 29 ends on the 28th of the next year.
    """
    if filing_indicator in _MEDICARE and days in _A_YEAR:
        return year_after(start)
    return days_after(start, days)


def is_stale(verified_on: date, today: date) -> bool:
    """Nobody has looked at the source for more than a year."""
    return verified_on < today - GOOD_FOR
