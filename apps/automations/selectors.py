"""What the automations page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.automations.schedule import SCHEDULE, Periodic
from apps.automations.timetable import next_moment, tasks_by_name, times
from apps.automations.wording import in_words
from apps.core.models import Automation, JobRun
from apps.workspace.selectors.nights import counted


@dataclass(frozen=True, slots=True)
class AutomationRow:
    periodic: Periodic
    enabled: bool
    schedule: str
    last: JobRun | None
    next_at: datetime | None

    @property
    def state(self) -> str:
        if not self.enabled:
            return "off"
        if self.last is None:
            return "waiting"
        return {"failed": "problem", "running": "active"}.get(self.last.state, "good")

    @property
    def word(self) -> str:
        words = {
            "off": "Switched off",
            "waiting": "Not run yet",
            "problem": "Failed",
            "active": "Running",
            "good": "Worked",
        }
        return words[self.state]

    @property
    def outcome(self) -> str:
        return outcome_words(self.last)


def outcome_words(run: JobRun | None) -> str:
    """ "12 visits, 3 known"; what went wrong for a run that failed."""
    if run is None:
        return ""
    if run.error:
        return f"Failed: {run.error}"
    parts = [counted(number, name) for name, number in run.counts.items() if number]
    return ", ".join(parts) or "Nothing was due"


def _last_runs() -> Mapping[str, JobRun]:
    newest = JobRun.objects.order_by("step", "-started_at").distinct("step")
    return {run.step: run for run in newest}


def automation_rows(*, now: datetime) -> list[AutomationRow]:
    tasks, runs = tasks_by_name(), _last_runs()
    enabled = dict(Automation.objects.values_list("name", "enabled"))
    return [
        AutomationRow(
            periodic=periodic,
            enabled=enabled.get(periodic.name, False),
            schedule=in_words(times(tasks[periodic.name])) if periodic.name in tasks else "Not scheduled",
            last=runs.get(periodic.name),
            next_at=next_moment(tasks[periodic.name], now=now)
            if enabled.get(periodic.name) and periodic.name in tasks
            else None,
        )
        for periodic in SCHEDULE
    ]


def runs_of(name: str) -> "QuerySet[JobRun]":
    return JobRun.objects.filter(step=name).select_related("requested_by").order_by("-started_at", "-pk")


def next_row(rows: Iterable[AutomationRow]) -> AutomationRow | None:
    """The automation that runs next."""
    planned = [(row.next_at, place, row) for place, row in enumerate(rows) if row.next_at is not None]
    return min(planned)[2] if planned else None


def times_of(name: str) -> dict[str, str]:
    task = tasks_by_name().get(name)
    return {"hour": times(task).hour, "minute": times(task).minute} if task else {}
