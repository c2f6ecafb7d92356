"""The schedule as it stands in django-celery-beat: synchronised by name, read for pages and simulations, edited by an operator."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.audit.trail import record
from apps.automations.schedule import SCHEDULE, Periodic
from apps.core import clock
from apps.core.models import Automation, User

TASK = "run_automation"
# How far ahead "next run" is looked for: a monthly job has one within this time.
HORIZON_DAYS = 32


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many jobs; `moved` of the `kept` ones came from another time zone."""

    added: int
    kept: int
    removed: int
    moved: int


def is_switched_off(name: str) -> bool:
    return Automation.objects.filter(name=name, enabled=False).exists()


def _crontab(minute: str, hour: str, day_of_week: str, day_of_month: str) -> CrontabSchedule:
    found, _ = CrontabSchedule.objects.get_or_create(
        minute=minute,
        hour=hour,
        day_of_week=day_of_week,
        day_of_month=day_of_month,
        month_of_year="*",
        timezone=settings.TIME_ZONE,
    )
    return found


@transaction.atomic
def sync_schedule(*, now: datetime) -> SyncResult:
    """Add what is new, remove what no longer exists; keep the times of day that an operator chose, in the practice's zone."""
    added = 0
    for periodic in SCHEDULE:
        Automation.objects.get_or_create(name=periodic.name, defaults={"live_since": clock.practice_date(now)})
        _, new = PeriodicTask.objects.get_or_create(
            name=periodic.name,
            defaults={
                "task": TASK,
                "args": json.dumps([periodic.name]),
                "description": periodic.why,
                "crontab": _crontab(periodic.minute, periodic.hour, periodic.day_of_week, periodic.day_of_month),
            },
        )
        added += new
    names = [periodic.name for periodic in SCHEDULE]
    removed, _ = PeriodicTask.objects.filter(task=TASK).exclude(name__in=names).delete()
    return SyncResult(added, len(SCHEDULE) - added, removed, _move_to_the_practice_zone())


def _move_to_the_practice_zone() -> int:
    """A crontab keeps the zone in which it was made; once PRACTICE_TIME_ZONE names another, its hours are meant there."""
    strangers = PeriodicTask.objects.filter(task=TASK, crontab__isnull=False).exclude(
        crontab__timezone=settings.TIME_ZONE
    )
    moved = list(strangers.select_related("crontab"))
    for task in moved:
        old = times(task)
        task.crontab = _crontab(old.minute, old.hour, old.day_of_week, old.day_of_month)
        task.save()
    return len(moved)


def tasks_by_name() -> dict[str, PeriodicTask]:
    return {task.name: task for task in PeriodicTask.objects.filter(task=TASK).select_related("crontab")}


def moments_on(task: PeriodicTask, day: date) -> Iterator[datetime]:
    """When `task` is due on a practice-local day, in order."""
    schedule: Any = times(task).schedule
    if day.isoweekday() % 7 not in schedule.day_of_week or day.day not in schedule.day_of_month:
        return
    for hour in sorted(schedule.hour):
        for minute in sorted(schedule.minute):
            yield datetime.combine(day, time(hour, minute), clock.practice_zone())


def times(task: PeriodicTask) -> CrontabSchedule:
    """The times of one of our jobs. Raises ValueError for one that runs by another kind of schedule."""
    if task.crontab is None:
        raise ValueError(f"{task.name} has no times of day: delete it in the back office and run sync_schedule.")
    return task.crontab


def next_moment(task: PeriodicTask, *, now: datetime) -> datetime | None:
    first = clock.practice_date(now)
    for offset in range(HORIZON_DAYS):
        for moment in moments_on(task, first + timedelta(days=offset)):
            if moment > now:
                return moment
    return None


@transaction.atomic
def switch(periodic: Periodic, *, enabled: bool, acting_user: User, now: datetime) -> None:
    """An automation's go-live date is the day on which it was first switched on (DOMAIN 7, baselines)."""
    automation = Automation.objects.select_for_update().get(name=periodic.name)
    automation.enabled = enabled
    if enabled and automation.live_since is None:
        automation.live_since = clock.practice_date(now)
    automation.save()
    # Saved one by one, not by update(): django-celery-beat learns of a change from the model's save.
    task = PeriodicTask.objects.get(name=periodic.name)
    task.enabled = enabled
    task.save()  # type: ignore[no-untyped-call]  # the library's own save has no types
    record(
        "switch",
        acting_user=acting_user,
        now=now,
        subject_kind="automation",
        subject_public_id=periodic.name,
        enabled=enabled,
    )


@transaction.atomic
def move(periodic: Periodic, *, minute: str, hour: str, acting_user: User, now: datetime) -> None:
    """Change the time of day. Days stay as they are."""
    task = PeriodicTask.objects.select_related("crontab").get(name=periodic.name)
    old = times(task)
    task.crontab = _crontab(minute, hour, old.day_of_week, old.day_of_month)
    task.save()
    record(
        "reschedule", acting_user=acting_user, now=now, subject_kind="automation", subject_public_id=periodic.name,
        hour=hour, minute=minute,
    )  # fmt: skip
