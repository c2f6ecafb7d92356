"""What the automations page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django_celery_beat.models import PeriodicTask

from apps.automations.outcomes import outcome_words
from apps.automations.schedule import SCHEDULE, Periodic
from apps.automations.wording import in_words
from apps.core.due_times import last_moment, next_moment, next_moments, tasks_by_name, times
from apps.core.lateness import missed
from apps.core.models import Automation, JobRun

# In the order in which they are looked for.
WORDS = {
    "off": "Switched off",
    "running": "Running",
    "late": "Late",
    "waiting": "Not run yet",
    "failed": "Failed",
    "done": "Worked",
}
PILLS = {"running": "active", "late": "problem", "failed": "problem", "done": "good"}
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AutomationRow:
    """One job as it stands. `late_since`: the moment for which it should have started and has not."""

    periodic: Periodic
    enabled: bool
    schedule: str
    last: JobRun | None
    next_at: datetime | None
    late_since: datetime | None
    live_since: date | None

    @property
    def condition(self) -> str:
        if not self.enabled:
            return "off"
        if self.last is not None and self.last.state == JobRun.State.RUNNING:
            return "running"
        if self.late_since is not None:
            return "late"
        return "waiting" if self.last is None else self.last.state

    @property
    def state(self) -> str:
        return PILLS.get(self.condition, self.condition)

    @property
    def word(self) -> str:
        return WORDS[self.condition]

    @property
    def outcome(self) -> str:
        return outcome_words(self.last)


def _last_runs() -> Mapping[str, JobRun]:
    newest = JobRun.objects.order_by("step", "-started_at").distinct("step")
    return {run.step: run for run in newest}


def automation_rows(*, now: datetime) -> list[AutomationRow]:
    tasks, runs = tasks_by_name(), _last_runs()
    automations = {row.name: row for row in Automation.objects.all()}
    return [
        _row(periodic, tasks.get(periodic.name), automations.get(periodic.name), runs.get(periodic.name), now)
        for periodic in SCHEDULE
    ]


def _row(
    periodic: Periodic, task: PeriodicTask | None, automation: Automation | None, last: JobRun | None, now: datetime
) -> AutomationRow:
    if task is None or automation is None:
        return AutomationRow(periodic, False, "Not scheduled: run manage.py sync_schedule", last, None, None, None)
    return AutomationRow(
        periodic=periodic,
        enabled=automation.enabled,
        schedule=in_words(times(task)),
        last=last,
        next_at=next_moment(task, now=now) if automation.enabled else None,
        late_since=_late_since(task, automation, last, now) if automation.enabled else None,
        live_since=automation.live_since,
    )


def _late_since(task: PeriodicTask, automation: Automation, last: JobRun | None, now: datetime) -> datetime | None:
    return missed(
        lambda moment: last_moment(task, now=moment),
        expected_from=automation.expected_from,
        last_started=last.started_at if last else None,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Record:
    """How many runs of the last 30 days ended, and how many of them worked."""

    ended: int
    worked: int


def record_of(name: str, *, now: datetime) -> Record:
    ended = Count("pk", filter=~Q(state=JobRun.State.RUNNING))
    worked = Count("pk", filter=Q(state=JobRun.State.DONE))
    found = JobRun.objects.filter(step=name, started_at__gt=now - RECENT).aggregate(ended=ended, worked=worked)
    return Record(**found)


def upcoming_of(name: str, number: int, *, now: datetime) -> list[datetime]:
    task = tasks_by_name().get(name)
    return next_moments(task, number, now=now) if task else []


def runs_of(name: str) -> "QuerySet[JobRun]":
    return JobRun.objects.filter(step=name).select_related("requested_by").order_by("-started_at", "-pk")


def next_row(rows: Iterable[AutomationRow]) -> AutomationRow | None:
    """The automation that runs next."""
    planned = [(row.next_at, place, row) for place, row in enumerate(rows) if row.next_at is not None]
    return min(planned)[2] if planned else None


def times_of(name: str) -> str:
    task = tasks_by_name().get(name)
    return in_words(times(task)) if task else ""
