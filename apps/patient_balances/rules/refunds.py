"""When whoever owes a payer its credit is told of it again."""

from datetime import date

# Days before the last one.
ALERTS = (14, 7, 1, 0)


def alert_of(due_on: date, today: date) -> int | None:
    """The nearest of ALERTS that was reached; 0 also once the day has passed. None while more than 14 days are left."""
    left = max((due_on - today).days, 0)
    return min((days for days in ALERTS if left <= days), default=None)
