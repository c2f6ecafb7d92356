"""A job that should have started and has not: beat, the broker or the worker stands still, or its queue is long."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django_celery_beat.models import PeriodicTask

from apps.core.due_times import FIELDS, TASK, last_moment_of
from apps.core.models import Automation, JobRun
from apps.core.standing_query import StandingQuery

# A worker that is busy with a big evening may begin later than beat told it to.
GRACE = timedelta(minutes=20)


def missed(due: datetime | None, *, expected_from: datetime | None, last_started: datetime | None) -> datetime | None:
    """The moment for which a job that is on should have started, if `due` is its last a grace ago; None where it did start, or was not
    expected to.
    """
    if due is None or (expected_from and due < expected_from):
        return None
    return due if last_started is None or last_started < due else None


def _jobs(_now: datetime) -> "QuerySet[Any, Any]":
    """(name, expected from, last start, zone, times) of each job that is on and has times of day."""
    ours = Automation.objects.filter(name=OuterRef("name"), enabled=True)
    # Each job's last run off the index: a sum over all runs would grow with the years.
    last = JobRun.objects.filter(step=OuterRef("name")).order_by("-started_at").values("started_at")[:1]
    tasks = PeriodicTask.objects.filter(name__in=Automation.objects.filter(enabled=True).values("name"), task=TASK)
    rows: QuerySet[Any, Any] = (
        tasks.exclude(crontab=None)
        .order_by()
        .values_list(
            "name",
            Subquery(ours.values("expected_from")[:1]),
            Subquery(last),
            "crontab__timezone",
            *(f"crontab__{field}" for field in FIELDS),
        )
    )
    return rows


_JOBS = StandingQuery(_jobs)


def late_automations(*, now: datetime) -> Mapping[str, datetime]:
    """By name, the moment that each late job missed. Asked by whoever is up: a worker that stands still finds nothing."""
    found = {
        name: missed(
            last_moment_of(tuple(written), ZoneInfo(zone), now=now - GRACE),
            expected_from=expected_from,
            last_started=last_started,
        )
        for name, expected_from, last_started, zone, *written in _JOBS.ask(now=now)
    }
    return {name: due for name, due in found.items() if due is not None}
