"""A job that should have started and has not: beat, the broker or the worker stands still, or its queue is long."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django_celery_beat.models import PeriodicTask

from apps.core.due_times import FIELDS, TASK, NoTimesError, last_moment_of
from apps.core.models import Automation, JobRun
from apps.core.standing_query import StandingQuery

# A worker that is busy with a big evening may begin later than beat told it to.
GRACE = timedelta(minutes=20)


def missed(
    last_due: Callable[[datetime], datetime | None],
    *,
    expected_from: datetime | None,
    last_started: datetime | None,
    now: datetime,
) -> datetime | None:
    """The moment for which a job that is on should have started by now; None where it did start, or was not expected to.

    `last_due`: the last moment at which it was due, as of another.
    """
    due = last_due(now - GRACE)
    if due is None or (expected_from and due < expected_from):
        return None
    return due if last_started is None or last_started < due else None


def _jobs(_now: datetime) -> "QuerySet[Any, Any]":
    """(name, expected from, last start, zone, times) of each job that is on; without zone and times where it has no times of day."""
    automation = Automation.objects.filter(name=OuterRef("name"))
    # Each job's last run off the index: a sum over all runs would grow with the years.
    last = JobRun.objects.filter(step=OuterRef("name")).order_by("-started_at").values("started_at")[:1]
    tasks = PeriodicTask.objects.filter(name__in=Automation.objects.filter(enabled=True).values("name"), task=TASK)
    rows: QuerySet[Any, Any] = tasks.order_by().values_list(
        "name",
        Subquery(automation.values("expected_from")[:1]),
        Subquery(last),
        "crontab__timezone",
        *(f"crontab__{field}" for field in FIELDS),
    )
    return rows


_JOBS = StandingQuery(_jobs)


def late_automations(*, now: datetime) -> Mapping[str, datetime]:
    """By name, the moment that each late job missed. Asked by whoever is up: a worker that stands still finds nothing.

    Raises NoTimesError.
    """
    found = {
        name: missed(
            partial(_last_due, name, zone, tuple(written)),
            expected_from=expected_from,
            last_started=last_started,
            now=now,
        )
        for name, expected_from, last_started, zone, *written in _JOBS.ask(now=now)
    }
    return {name: due for name, due in found.items() if due is not None}


def _last_due(name: str, zone: str | None, written: tuple[str, ...], now: datetime) -> datetime | None:
    if zone is None:
        raise NoTimesError(name)
    return last_moment_of(written, ZoneInfo(zone), now=now)
