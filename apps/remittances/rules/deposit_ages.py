"""How long money may be on its way, counted in the bank's days. Pure.

CAQH CORE rule 370 (45 CFR 162.1603) ties the 835 to its EFT: within three business days of the effective date, before or after.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays

from apps.core.odd_days import days_after

WATCHED_AFTER = 3  # a payment that no statement shows
MISSED_AFTER = 7
EXPLAINED_AFTER = 3  # a credit without an 835
CHECK_EXPLAINED_AFTER = 5  # the paper goes through the mail or a lockbox first
LONGEST = 3653  # days
_DAY = timedelta(days=1)
FRIDAY = 4


class Standing(StrEnum):
    ON_ITS_WAY = "on_its_way"
    WATCH = "watch"
    LATE = "late"


@cache
def _closed(year: int) -> frozenset[date]:
    """The Federal Reserve's holidays: one that falls on a Sunday is kept on Monday, one on a Saturday closes no Friday."""
    own = set(holidays.country_holidays("US", years=year, observed=False))
    kept = set(holidays.country_holidays("US", years=year))
    return frozenset(own | {day for day in kept if day.weekday() != FRIDAY})


def is_bank_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _closed(day.year)


def bank_days(since: date, until: date) -> int:
    """How many bank days end after `since`, up to and with `until`; 0 where `until` does not come after. What is older than ten years
    (a date typed wrong) is as old as ten years: it is late either way.
    """
    since = max(since, days_after(until, -LONGEST))
    return sum(is_bank_day(since + number * _DAY) for number in range(1, (until - since).days + 1))


def bank_days_ago(today: date, days: int) -> date:
    """The last day since which `days` bank days have ended: what is of that day or older is at least so old."""
    day = today
    while days:
        days -= is_bank_day(day)
        day -= _DAY
    return day


def payment_standing(paid_on: date, today: date) -> Standing:
    """Of a payment that no statement shows."""
    age = bank_days(paid_on, today)
    if age >= MISSED_AFTER:
        return Standing.LATE
    return Standing.WATCH if age >= WATCHED_AFTER else Standing.ON_ITS_WAY


def credit_standing(booked_on: date, today: date, *, is_check: bool) -> Standing:
    """Of a credit without an 835."""
    age = bank_days(booked_on, today)
    return Standing.LATE if age >= (CHECK_EXPLAINED_AFTER if is_check else EXPLAINED_AFTER) else Standing.ON_ITS_WAY
