"""A job that should have started and has not: beat, the broker or the worker stands still, or its queue is long."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django_celery_beat.models import PeriodicTask

from apps.core.due_times import last_moment, tasks_by_name
from apps.core.models import Automation, JobRun

# A worker that is busy with a big evening may begin later than beat told it to.
GRACE = timedelta(minutes=20)


def missed(
    task: PeriodicTask, automation: Automation, last_started: datetime | None, *, now: datetime
) -> datetime | None:
    """The moment for which it should have started by now; None where it is off, did start, or was not expected to."""
    if not automation.enabled:
        return None
    due = last_moment(task, now=now - GRACE)
    if due is None or (automation.expected_from and due < automation.expected_from):
        return None
    return due if last_started is None or last_started < due else None


def late_automations(*, now: datetime) -> Mapping[str, datetime]:
    """By name, the moment that each late job missed. Asked by whoever is up: a worker that stands still finds nothing."""
    tasks = tasks_by_name()
    # Each job's last run off the index: a sum over all runs would grow with the years.
    last = JobRun.objects.filter(step=OuterRef("name")).order_by("-started_at").values("started_at")[:1]
    automations = Automation.objects.filter(name__in=tasks, enabled=True).annotate(last_started=Subquery(last))
    found = {row.name: missed(tasks[row.name], row, row.last_started, now=now) for row in automations}
    return {name: due for name, due in found.items() if due is not None}
