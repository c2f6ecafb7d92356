"""The one clock. Real in production; in a simulation it reads the virtual time that the simulation wrote.

Views, tasks and commands call it and hand the time down; nothing below them asks for the time (ARCHITECTURE law 8).
Signatures, sessions and second factors use wall time.
"""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The current moment, aware."""
    if settings.VIRTUAL_CLOCK_FILE:
        return datetime.fromisoformat(Path(settings.VIRTUAL_CLOCK_FILE).read_text().strip())
    return timezone.now()


def practice_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def practice_date(moment: datetime) -> date:
    """The calendar day at the practice, by which service dates, same-day and deadlines are counted."""
    return moment.astimezone(practice_zone()).date()


def today() -> date:
    return practice_date(now())


def set_virtual(moment: datetime) -> None:
    """Move a simulation's time. The file is replaced whole, so that no reader sees half a date."""
    path = Path(settings.VIRTUAL_CLOCK_FILE)
    fresh = path.with_suffix(".next")
    fresh.write_text(moment.isoformat())
    fresh.replace(path)
