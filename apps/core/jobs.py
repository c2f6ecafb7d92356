"""Nudges and job runs. A nudge only says "look": the truth is a row's state (ARCHITECTURE laws 2 and 3)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core import clock
from apps.core.models import JobRun, User

logger = logging.getLogger(__name__)
LONGEST_AHEAD = timedelta(minutes=15)
# A step that comes a moment too early finds its row not due yet.
CLOCKS_DIFFER = timedelta(seconds=1)


def nudge(step: str, *keys: str) -> None:
    """Send the task registered as `step` once the transaction commits. A broker that is away loses nothing: the sweep finds the row."""

    transaction.on_commit(partial(_send, step, [key for key in keys if key]))


def nudge_at(moment: datetime, step: str, key: str, *, now: datetime) -> None:
    """As `nudge`, for a row that was put back until `moment`; what waits longer than `LONGEST_AHEAD` is left to the sweep.

    Under a virtual clock nothing is sent: the broker waits by wall time.
    """
    ahead = moment - now
    if ahead <= LONGEST_AHEAD and not settings.VIRTUAL_CLOCK_FILE:
        transaction.on_commit(partial(_send, step, [key], countdown=(ahead + CLOCKS_DIFFER).total_seconds()))


def _send(step: str, keys: list[str], *, countdown: float | None = None) -> None:
    try:
        current_app.send_task(step, args=keys, countdown=countdown)
    except (OperationalError, ConnectionError, OSError):
        logger.warning("The broker is away; the sweep will pick up step %s.", step)


@contextmanager
def job_run(step: str, *, now: datetime, requested_by: User | None = None) -> Iterator[JobRun]:
    """Record a run of `step`; the caller fills `counts`. A failure is kept by the name of its kind, never with its data (no PHI)."""
    run = JobRun.objects.create(step=step, started_at=now, requested_by=requested_by)
    try:
        yield run
    except Exception as failure:
        run.state, run.error = JobRun.State.FAILED, type(failure).__name__
        raise
    else:
        run.state = JobRun.State.DONE
    finally:
        run.finished_at = clock.now()
        run.save()
