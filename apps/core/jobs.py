"""Nudges and job runs. A nudge only says "look": the truth is a row's state (ARCHITECTURE laws 2 and 3)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core import clock
from apps.core.models import JobRun, User

logger = logging.getLogger(__name__)


def nudge(step: str, *keys: str) -> None:
    """Send the task registered as `step` once the transaction commits. A broker that is away loses nothing: the sweep finds the row."""

    def send() -> None:
        try:
            current_app.send_task(step, args=[key for key in keys if key])
        except (OperationalError, ConnectionError, OSError):
            logger.warning("The broker is away; the sweep will pick up step %s.", step)

    transaction.on_commit(send)


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
