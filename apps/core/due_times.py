"""When a periodic job is due: its crontab as moments, read for pages, for simulations and for what runs late."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.core import clock

TASK = "run_automation"
# How far a run is looked for: one on day 31 has none in between for two months.
HORIZON_DAYS = 62


def tasks_by_name() -> dict[str, PeriodicTask]:
    return {task.name: task for task in PeriodicTask.objects.filter(task=TASK).select_related("crontab")}


def moments_on(task: PeriodicTask, day: date) -> Iterator[datetime]:
    """When `task` is due on a practice-local day, in order. Its hours are those of the crontab's own zone, as beat takes them."""
    crontab = times(task)
    schedule: Any = crontab.schedule
    there, here = ZoneInfo(str(crontab.timezone)), clock.practice_zone()
    days = (day,) if there == here else (day - timedelta(days=1), day, day + timedelta(days=1))
    for each in days:
        if each.isoweekday() % 7 not in schedule.day_of_week or each.day not in schedule.day_of_month:
            continue
        if each.month not in schedule.month_of_year:
            continue
        for hour in sorted(schedule.hour):
            for minute in sorted(schedule.minute):
                moment = datetime.combine(each, time(hour, minute), there).astimezone(here)
                if moment.date() == day:
                    yield moment


def times(task: PeriodicTask) -> CrontabSchedule:
    """The times of one of our jobs. Raises ValueError for one that runs by another kind of schedule."""
    if task.crontab is None:
        raise ValueError(f"{task.name} has no times of day: delete it in the back office and run sync_schedule.")
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
    today = clock.practice_date(now)
    for offset in range(HORIZON_DAYS):
        past = [moment for moment in moments_on(task, today - timedelta(days=offset)) if moment <= now]
        if past:
            return past[-1]
    return None
