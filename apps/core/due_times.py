"""When a periodic job is due: its crontab as moments, read for pages, for simulations and for what runs late."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import crontab as parsed
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.core import clock

TASK = "run_automation"
# How far a run is looked for: one on day 31 has none in between for two months.
HORIZON_DAYS = 62
# Of a crontab, as `last_moment_of` takes them.
FIELDS = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")


class NoTimesError(ValueError):
    """One of our jobs was given another kind of schedule, of which nobody could tell whether it is late."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no times of day: delete it in the back office and run sync_schedule.")


def tasks_by_name() -> dict[str, PeriodicTask]:
    return {task.name: task for task in PeriodicTask.objects.filter(task=TASK).select_related("crontab")}


def moments_on(task: PeriodicTask, day: date) -> tuple[datetime, ...]:
    """When `task` is due on a practice-local day, in order. Its hours are those of the crontab's own zone, as beat takes them."""
    return _moments(*_hours(times(task)), clock.practice_zone(), day)


def _hours(crontab: CrontabSchedule) -> tuple[tuple[str, ...], ZoneInfo]:
    return tuple(getattr(crontab, field) for field in FIELDS), ZoneInfo(str(crontab.timezone))


@lru_cache(maxsize=2000)
def _moments(written: tuple[str, ...], there: ZoneInfo, here: ZoneInfo, day: date) -> tuple[datetime, ...]:
    """What is written is read once a process and day: Today and the sweep ask for each job's last moment over and over.

    By Celery itself: beat's row would look for its default zone among the files of all zones, each time it is made.
    """
    schedule: Any = parsed(**dict(zip(FIELDS, written, strict=True)))
    days = (day,) if there == here else (day - timedelta(days=1), day, day + timedelta(days=1))
    due = [
        datetime.combine(each, time(hour, minute), there).astimezone(here)
        for each in days
        if each.isoweekday() % 7 in schedule.day_of_week
        and each.day in schedule.day_of_month
        and each.month in schedule.month_of_year
        for hour in sorted(schedule.hour)
        for minute in sorted(schedule.minute)
    ]
    return tuple(moment for moment in due if moment.date() == day)


def times(task: PeriodicTask) -> CrontabSchedule:
    """The times of one of our jobs. Raises NoTimesError for one that runs by another kind of schedule."""
    if task.crontab is None:
        raise NoTimesError(task.name)
    return task.crontab


def next_moments(task: PeriodicTask, number: int, *, now: datetime) -> list[datetime]:
    """The next times at which it is due, at most `number`."""
    first = clock.practice_date(now)
    days = (first + timedelta(days=offset) for offset in range(HORIZON_DAYS))
    return list(islice((moment for day in days for moment in moments_on(task, day) if moment > now), number))


def next_moment(task: PeriodicTask, *, now: datetime) -> datetime | None:
    return next(iter(next_moments(task, 1, now=now)), None)


def last_moment(task: PeriodicTask, *, now: datetime) -> datetime | None:
    """The last time at which it was due, `now` included."""
    return last_moment_of(*_hours(times(task)), now=now)


def last_moment_of(written: tuple[str, ...], zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """As `last_moment`, of a crontab's `FIELDS` as they are written."""
    today, here = clock.practice_date(now), clock.practice_zone()
    for offset in range(HORIZON_DAYS):
        past = [moment for moment in _moments(written, zone, here, today - timedelta(days=offset)) if moment <= now]
        if past:
            return past[-1]
    return None
