"""A job that should have started and has not: beat, the broker or the worker stands still, or its queue is long."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django_celery_beat.models import PeriodicTask

from apps.automations.due_times import last_moment, tasks_by_name
from apps.automations.schedule import SCHEDULE, Periodic
from apps.automations.wording import clock_words
from apps.core import clock
from apps.core.advisory_locks import lock_until_commit
from apps.core.models import Automation, JobRun
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

KIND = "automation_late"
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
    """By name, the moment that each late job missed."""
    tasks, automations = tasks_by_name(), {row.name: row for row in Automation.objects.all()}
    names = [periodic.name for periodic in SCHEDULE if periodic.name in tasks and periodic.name in automations]
    started = dict(JobRun.objects.filter(step__in=names).values_list("step").annotate(last=Max("started_at")))
    found = {name: missed(tasks[name], automations[name], started.get(name), now=now) for name in names}
    return {name: due for name, due in found.items() if due is not None}


@transaction.atomic
def tell_of_late(*, now: datetime) -> int:
    """One open worklist item for each late job, closed once it has run. Returns how many are late."""
    lock_until_commit(KIND)
    late = late_automations(now=now)
    known = {item.subject_public_id: item for item in WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN)}
    for name, item in known.items():
        if name not in late:
            close_item(item, acting_user=None, now=now, outcome="It runs on time again.")
    for periodic in SCHEDULE:
        if periodic.name in late and periodic.name not in known:
            _open(periodic, late[periodic.name], now=now)
    return len(late)


def _open(periodic: Periodic, due: datetime, *, now: datetime) -> None:
    open_item(
        kind=KIND,
        title=f"{periodic.title} should have started on {due:%b} {due.day} at {clock_words(due.time())}. Run it now;"
        " if others are late too, look at the worker and at beat.",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="automations:detail",
        subject_public_id=periodic.name,
        now=now,
        due_on=clock.practice_date(now),
    )
