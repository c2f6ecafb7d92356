"""A crontab in words: "6:30 PM, every day"."""

from datetime import time
from itertools import pairwise

from django_celery_beat.models import CrontabSchedule

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def clock_words(moment: time) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"


def _steps(values: list[int]) -> int | None:
    """The distance between neighbours where it is the same everywhere."""
    distances = {after - before for before, after in pairwise(values)}
    return distances.pop() if len(distances) == 1 else None


def _times(hours: list[int], minutes: list[int]) -> str:
    first, last = clock_words(time(hours[0], minutes[0])), clock_words(time(hours[-1], minutes[-1]))
    if len(hours) == 1:
        return ", ".join(clock_words(time(hours[0], minute)) for minute in minutes)
    every = _steps(hours)
    if every is None:
        return ", ".join(clock_words(time(hour, minute)) for hour in hours for minute in minutes)
    rhythm = {1: "every hour", 2: "every 2 hours"}.get(every, f"every {every} hours")
    if len(minutes) > 1:
        rhythm = f"{len(minutes)} times an hour" if every == 1 else f"{rhythm}, {len(minutes)} times"
    if len(hours) == 24:
        return f"{rhythm}, at {', '.join(f'{minute:02d}' for minute in minutes)} past"
    return f"{rhythm} from {first} to {last}"


def in_words(crontab: CrontabSchedule) -> str:
    schedule = crontab.schedule
    days = sorted(schedule.day_of_week)
    month_days = sorted(schedule.day_of_month)
    times = _times(sorted(schedule.hour), sorted(schedule.minute))
    if len(month_days) < 31:
        return f"{times}, on days {', '.join(map(str, month_days))} of the month"
    if days == [1, 2, 3, 4, 5]:
        return f"{times}, Monday to Friday"
    if len(days) < 7:
        return f"{times}, on {', '.join(DAYS[day] for day in days)}"
    return f"{times}, every day"
