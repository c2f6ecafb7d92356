"""Work that was put off is out of sight until its day."""

from datetime import date

from django.db.models import Q


def awake(today: date, path: str = "") -> Q:
    """Items that are not put off beyond today. `path` leads to them from the rows that are asked for, with its last underscores."""
    return Q(**{f"{path}snoozed_until": None}) | Q(**{f"{path}snoozed_until__lte": today})
