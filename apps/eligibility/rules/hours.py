"""The practice's working days and hours: weekdays that are no US federal holiday, 8 AM to 5 PM practice-local."""

from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache

import holidays

OPENS, CLOSES = time(8), time(17)
_DAY = timedelta(days=1)


@cache
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _federal_holidays(day.year)


def last_working_day_before(day: date) -> date:
    day -= _DAY
    while not is_working_day(day):
        day -= _DAY
    return day


def _next_working_day(day: date) -> date:
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day


def working_hours_before(moment: datetime, hours: int, zone: tzinfo) -> datetime:
    """The moment from which `hours` of working time are left until `moment`."""
    left = timedelta(hours=hours)
    local = moment.astimezone(zone)
    day, until = local.date(), min(local.time(), CLOSES)
    while True:
        worked = datetime.combine(day, until) - datetime.combine(day, OPENS)
        if is_working_day(day) and worked >= left:
            return (datetime.combine(day, until) - left).replace(tzinfo=zone)
        if is_working_day(day):
            left -= max(worked, timedelta())
        day, until = last_working_day_before(day), CLOSES


def working_hours_after(moment: datetime, hours: int, zone: tzinfo) -> datetime:
    """The moment at which `hours` of working time have passed since `moment`."""
    left = timedelta(hours=hours)
    local = moment.astimezone(zone)
    day, since = local.date(), max(local.time(), OPENS)
    while True:
        to_work = datetime.combine(day, CLOSES) - datetime.combine(day, since)
        if is_working_day(day) and to_work >= left:
            return (datetime.combine(day, since) + left).replace(tzinfo=zone)
        if is_working_day(day):
            left -= max(to_work, timedelta())
        day, since = _next_working_day(day), OPENS
