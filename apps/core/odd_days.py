"""Days that nobody meant (0001-01-01, 9999-12-31, 2062 for 2026): which they are, and arithmetic that they do not stop."""

from datetime import date, timedelta

EARLIEST = date(1900, 1, 1)
# An authorization or a plan's year may be told ahead; what lies further ahead was mistyped.
MOST_DAYS_AHEAD = 731


def days_after(day: date, days: int) -> date:
    """So many days later, earlier where negative; where the calendar ends before, its first or last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def year_after(day: date) -> date:
    """The same day of the next year, of February 29 the 28th; where the calendar ends before, its last day."""
    if day.year == date.max.year:
        return date.max
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def odd_day(day: date, today: date) -> str:
    """What makes a day no day on which something took place, as the end of a sentence; empty where nothing does."""
    if day < EARLIEST:
        return f"lies before {EARLIEST.year}"
    return "lies more than two years ahead" if day > days_after(today, MOST_DAYS_AHEAD) else ""


def odd_birth_date(day: date, today: date) -> str:
    """The same of a birth date, which never lies ahead."""
    return "lies in the future" if day > today else odd_day(day, today)
