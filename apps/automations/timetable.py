"""The schedule as it stands in django-celery-beat: synchronised by name, edited by an operator."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.audit.trail import record
from apps.automations.schedule import SCHEDULE, Periodic
from apps.automations.spoken_times import Times
from apps.automations.wording import in_words
from apps.core import clock
from apps.core.due_times import TASK, times
from apps.core.models import Automation, User
from apps.core.short_questions import holds


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many jobs; `moved` of the `kept` ones came from another time zone."""

    added: int
    kept: int
    removed: int
    moved: int


def is_switched_off(name: str) -> bool:
    """Asked before every run."""
    return holds("SELECT EXISTS (SELECT FROM core_automation WHERE name = %s AND NOT enabled)", name)


def _kept(crontab: CrontabSchedule) -> CrontabSchedule:
    """The row of these times in the practice's zone, which jobs share."""
    found, _ = CrontabSchedule.objects.get_or_create(
        minute=crontab.minute,
        hour=crontab.hour,
        day_of_week=crontab.day_of_week,
        day_of_month=crontab.day_of_month,
        month_of_year=crontab.month_of_year,
        timezone=settings.TIME_ZONE,
    )
    return found


@transaction.atomic
def sync_schedule(*, now: datetime) -> SyncResult:
    """Add what is new, remove what no longer exists; keep the times of day that an operator chose, in the practice's zone."""
    added = 0
    for periodic in SCHEDULE:
        Automation.objects.get_or_create(
            name=periodic.name, defaults={"live_since": clock.practice_date(now), "expected_from": now}
        )
        _, new = PeriodicTask.objects.get_or_create(
            name=periodic.name,
            defaults={
                "task": TASK,
                "args": json.dumps([periodic.name]),
                "description": periodic.why,
                "crontab": _kept(
                    CrontabSchedule(
                        minute=periodic.minute,
                        hour=periodic.hour,
                        day_of_week=periodic.day_of_week,
                        day_of_month=periodic.day_of_month,
                    )
                ),
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
        task.crontab = _kept(times(task))
        task.save()
    return len(moved)


@transaction.atomic
def switch(periodic: Periodic, *, enabled: bool, acting_user: User, now: datetime) -> None:
    """An automation's go-live date is the day on which it was first switched on (DOMAIN 7, baselines)."""
    automation = Automation.objects.select_for_update().get(name=periodic.name)
    if enabled and not automation.enabled:
        automation.expected_from = now
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
def move(periodic: Periodic, to: Times, *, acting_user: User, now: datetime) -> None:
    """Run it at other times from now on."""
    task = PeriodicTask.objects.select_related("crontab").get(name=periodic.name)
    task.crontab = _kept(crontab_of(to))
    # Beat starts what was due since its last run, and without one counts from this change: an hour that is past waits for its next day.
    task.last_run_at = None
    task.save()
    Automation.objects.filter(name=periodic.name).update(expected_from=now)
    record(
        "reschedule", acting_user=acting_user, now=now, subject_kind="automation", subject_public_id=periodic.name,
        times=in_words(task.crontab),
    )  # fmt: skip


@transaction.atomic
def set_live_since(periodic: Periodic, day: date, *, acting_user: User, now: datetime) -> None:
    """From which day on a metric counts as after this automation."""
    Automation.objects.filter(name=periodic.name).update(live_since=day)
    record(
        "go live", acting_user=acting_user, now=now, subject_kind="automation", subject_public_id=periodic.name,
        live_since=day.isoformat(),
    )  # fmt: skip


def crontab_of(to: Times) -> CrontabSchedule:
    """Not saved."""
    return CrontabSchedule(
        minute=_numbers(to.minutes, 60),
        hour=_numbers(to.hours, 24),
        day_of_week=_numbers(to.week_days, 7),
        day_of_month=_numbers(to.month_days, 31),
        timezone=settings.TIME_ZONE,
    )


def _numbers(numbers: Sequence[int], all_of_them: int) -> str:
    """As a crontab's field, short enough for its column: "*", "7-22", "6-22/2", "0,30"."""
    if len(numbers) == all_of_them:
        return "*"
    distances = {after - before for before, after in pairwise(numbers)}
    if len(numbers) > 2 and len(distances) == 1:
        every = distances.pop()
        return f"{numbers[0]}-{numbers[-1]}" + (f"/{every}" if every > 1 else "")
    return ",".join(map(str, numbers))
