"""How often a patient may hear from us: once a day and three times a week, however many balances there are (DOMAIN 6)."""

from collections.abc import Iterable
from datetime import date, timedelta

A_DAY, A_WEEK = 1, 3
WEEK = timedelta(days=7)


def may_hear(heard_on: Iterable[date], on: date) -> bool:
    """`heard_on`: the days of the messages that went, or are about to go, to the patient or to the same address."""
    days = [day for day in heard_on if on - WEEK < day <= on]
    return days.count(on) < A_DAY and len(days) < A_WEEK
