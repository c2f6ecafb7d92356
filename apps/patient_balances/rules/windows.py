"""When a message may go out: 9:00 to 20:00 at the patient, not on Sundays and federal holidays.

Inside the 8:00 to 21:00 of 47 CFR 64.1200(c)(1) and of the stricter states (Florida, Maryland, Oklahoma: until 20:00).
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

OPENS, CLOSES = time(9), time(20)
SUNDAY = 6


@lru_cache(maxsize=16)
def _federal(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def is_sending_day(day: date) -> bool:
    return day.weekday() != SUNDAY and day not in _federal(day.year)


def is_open(moment: datetime, zones: Sequence[ZoneInfo]) -> bool:
    """Whether it is a decent hour of a sending day in every one of `zones`."""
    local = [moment.astimezone(zone) for zone in zones]
    return all(is_sending_day(each.date()) and OPENS <= each.time() < CLOSES for each in local)


def next_opening(moment: datetime, zones: Sequence[ZoneInfo]) -> datetime:
    """The first moment from `moment` on at which a message may go out; `moment` itself where that is now."""
    if is_open(moment, zones):
        return moment
    first = min(moment.astimezone(zone).date() for zone in zones)
    openings = (datetime.combine(first + timedelta(days=ahead), OPENS, zone) for ahead in range(9) for zone in zones)
    return min(opening for opening in openings if opening >= moment and is_open(opening, zones))
