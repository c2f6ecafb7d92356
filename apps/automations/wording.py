"""A crontab in words: "6:30 PM, every day". `spoken_times` reads the same words back."""

from datetime import time
from itertools import pairwise

from django_celery_beat.models import CrontabSchedule

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MINUTES_AN_HOUR = 60


def clock_words(moment: time) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"


def listed(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _step(values: list[int]) -> int | None:
    """The distance between neighbours where it is the same everywhere."""
    distances = {after - before for before, after in pairwise(values)}
    return distances.pop() if len(distances) == 1 else None


def _around_the_clock(minutes: list[int]) -> int | None:
    """15 for 0, 15, 30, 45: the same distance also from the last minute to the next hour's first."""
    step = _step([*minutes, minutes[0] + MINUTES_AN_HOUR])
    return step if len(minutes) > 1 else None


def _span(hours: list[int], minutes: list[int]) -> str:
    if len(hours) == 24:
        return ""
    return f" from {clock_words(time(hours[0], minutes[0]))} to {clock_words(time(hours[-1], minutes[-1]))}"


def _times(hours: list[int], minutes: list[int]) -> str:
    every, each = _step(hours), _around_the_clock(minutes)
    if len(hours) < 3 or every is None or (every > 1 and len(minutes) > 1):
        return listed([clock_words(time(hour, minute)) for hour in hours for minute in minutes])
    if each and every == 1 and (len(hours) < 24 or minutes[0] == 0):
        return f"every {'minute' if each == 1 else f'{each} minutes'}{_span(hours, minutes)}"
    rhythm = "every hour" if every == 1 else f"every {every} hours"
    if len(minutes) == 1 and len(hours) < 24:
        return f"{rhythm}{_span(hours, minutes)}"
    return f"{rhythm} at {listed([f'{minute:02d}' for minute in minutes])} past{_span(hours, minutes)}"


def in_words(crontab: CrontabSchedule) -> str:
    schedule = crontab.schedule
    return spoken(
        sorted(schedule.hour), sorted(schedule.minute), sorted(schedule.day_of_week), sorted(schedule.day_of_month)
    )


def spoken(hours: list[int], minutes: list[int], week_days: list[int], month_days: list[int]) -> str:
    """Hours 0 to 23, minutes 0 to 59, days of the week from Sunday = 0, days of the month; each ascending, none empty."""
    times = _times(hours, minutes)
    if len(month_days) < 31:
        days = "day" if len(month_days) == 1 else "days"
        return f"{times}, on {days} {listed([str(day) for day in month_days])} of the month"
    if week_days == [1, 2, 3, 4, 5]:
        return f"{times}, Monday to Friday"
    if len(week_days) < 7:
        return f"{times}, on {listed([DAYS[day] for day in week_days])}"
    return f"{times}, every day"
