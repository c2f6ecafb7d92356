"""What the frame of every page counts: waiting work, failing steps, links that are down."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery

from apps.connectors.models import Connection
from apps.core.models import Automation, JobRun
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.worklist.open_pages import on_open_pages, open_pages
from apps.worklist.snoozing import awake


def waiting_for(role: Role, today: date) -> QuerySet[WorkItem]:
    """Open work of a role that is not snoozed beyond today, on the pages that the role may open."""
    return _awake(role, today).filter(on_open_pages(role))


def waiting_by_page(role: Role, today: date) -> dict[str, int]:
    """How many items wait for a role, by the page that each opens."""
    rows = _awake(role, today).order_by().values_list("url_name").annotate(number=Count("pk"))
    # Left out here and not in the query: it would compare each of the rows with the names of some hundred pages.
    return {page: number for page, number in rows if page in open_pages(role)}


def _awake(role: Role, today: date) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(awake(today), owner_role=role.value, state=WorkItem.State.OPEN)


def failing_steps(now: datetime) -> int:
    """How many timed jobs failed at their latest run of the last two days; what people started themselves stands in the job list."""
    newest = JobRun.objects.filter(step=OuterRef("step")).order_by("-started_at").values("pk")[:1]
    timed = Automation.objects.values("name")
    recent = JobRun.objects.filter(started_at__gte=now - timedelta(days=2), pk=Subquery(newest), step__in=timed)
    return recent.filter(state=JobRun.State.FAILED).count()


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """Connections that are switched on: how many, how many ever answered, the names of those that failed last time."""

    number: int
    answered: int
    failing: tuple[str, ...]


def connection_health() -> ConnectionHealth:
    rows = Connection.objects.filter(enabled=True).order_by("name")
    known = list(rows.values_list("name", "last_answer_at", "last_failure"))
    return ConnectionHealth(
        number=len(known),
        answered=sum(answered is not None for _, answered, _ in known),
        failing=tuple(name for name, _, failure in known if failure),
    )
