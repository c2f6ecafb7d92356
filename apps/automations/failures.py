"""What a failing step leaves for a person: one open worklist item a step and row, closed when that works again."""

from datetime import datetime

from django.db import transaction

from apps.automations.step_words import DOING
from apps.connectors.ports.errors import ConnectorError
from apps.connectors.registry import NoConnectionError
from apps.core import clock
from apps.core.advisory_locks import lock_until_commit
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, is_open, open_item

KIND = "step_failed"
_LOST_MAIL = "An email may not have left: the connection broke in sending. It is not sent again by itself. Ask whoever should have it."
_LOST_MAILS = {
    "send_invitation": (
        "An invitation may not have left: the connection broke in sending. It is not sent again by itself. "
        "Ask the person; if it did not come, send it again in Settings, People."
    ),
    "send_due_alert": (
        "An email about due work may not have left: the connection broke in sending. It is not sent again that day; "
        "the next day's leaves as usual. See the mail server."
    ),
}


def step_failed(step: str, key: str, failure: Exception, *, now: datetime) -> None:
    _open(
        step,
        key,
        f"{DOING[step]} failed ({type(failure).__name__}). It is tried again by itself; the log says why it failed.",
        now=now,
    )


def mail_lost(step: str, key: str, *, now: datetime) -> None:
    """The connection broke while a mail was handed over. It may have left, and so is not sent again by itself."""
    _open(step, key, _LOST_MAILS.get(step, _LOST_MAIL), now=now)


def connection_failed(step: str, key: str, failure: ConnectorError | NoConnectionError, *, now: datetime) -> None:
    if isinstance(failure, NoConnectionError):
        told = str(failure)
    elif failure.retryable:
        told = "the other side did not answer. It is tried again by itself."
    else:
        told = "the other side refused. It needs a correction in Settings, Connections."
    _open(step, key, f"{DOING[step]} failed: {told}", now=now)


def step_worked(step: str, key: str, *, now: datetime) -> None:
    """Closes the item of this step and row only: one message that leaves says nothing of another that does not."""
    if not is_open(KIND, _subject(step, key)):
        return
    for item in WorkItem.objects.filter(kind=KIND, subject_public_id=_subject(step, key), state=WorkItem.State.OPEN):
        close_item(item, acting_user=None, now=now, outcome="The step works again.")


def _subject(step: str, key: str) -> str:
    return f"{step}.{key}" if key else step


@transaction.atomic
def _open(step: str, key: str, title: str, *, now: datetime) -> None:
    """Two processes may fail the same step at the same moment; they look and open one after the other."""
    lock_until_commit(KIND, _subject(step, key))
    if is_open(KIND, _subject(step, key)):
        return
    open_item(
        kind=KIND,
        title=title[:200],
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="automations:step",
        subject_public_id=_subject(step, key),
        now=now,
        due_on=clock.practice_date(now),
    )
