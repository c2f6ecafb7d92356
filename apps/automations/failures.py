"""What a failing step leaves for a person: one open worklist item a step, closed when the step works again."""

from datetime import datetime

from apps.connectors.ports.errors import ConnectorError
from apps.connectors.registry import NoConnectionError
from apps.core import clock
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

KIND = "step_failed"


def step_failed(step: str, failure: Exception, *, now: datetime) -> None:
    _open(
        step,
        f"Step {step} failed ({type(failure).__name__}). It is tried again by the next sweep; see the log.",
        now=now,
    )


def connection_failed(step: str, failure: ConnectorError | NoConnectionError, *, now: datetime) -> None:
    again = (
        "It is tried again by itself." if getattr(failure, "retryable", False) else "It needs a correction in Settings."
    )
    _open(step, f"Step {step} could not reach the other side ({type(failure).__name__}). {again}", now=now)


def step_worked(step: str, *, now: datetime) -> None:
    for item in _open_items(step):
        close_item(item, acting_user=None, now=now, outcome="The step works again.")


def _open_items(step: str) -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=KIND, subject_public_id=step, state=WorkItem.State.OPEN))


def _open(step: str, title: str, *, now: datetime) -> None:
    if _open_items(step):
        return
    open_item(
        kind=KIND,
        title=title[:200],
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="automations:step",
        subject_public_id=step,
        now=now,
        due_on=clock.practice_date(now),
    )
