"""Nudges and job runs. A nudge only says "look": the truth is a row's state (ARCHITECTURE laws 2 and 3)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from apps.core import clock
from apps.core.models import JobRun, User

logger = logging.getLogger(__name__)
LONGEST_AHEAD = timedelta(minutes=15)
# A step that comes a moment too early finds its row not due yet.
CLOCKS_DIFFER = timedelta(seconds=1)


def nudge(step: str, *keys: str) -> None:
    """Send the task registered as `step` once the transaction commits. A broker that is away loses nothing: the sweep finds the row,
    or the step has its hour."""

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
        logger.warning("The broker is away; step %s waits for the sweep or for its next hour.", step)


def start_job(
    step: str,
    *,
    now: datetime,
    requested_by: User | None,
    total: int | None = None,
    counts: Mapping[str, int] | None = None,
    url_name: str = "",
    subject_public_id: str = "",
) -> JobRun:
    """Work that a person asked for and that workers do, as the job list shows it. None as `requested_by`: at a terminal."""
    return JobRun.objects.create(
        step=step,
        started_at=now,
        requested_by=requested_by,
        by_hand=True,
        total=total,
        counts=dict(counts or {}),
        url_name=url_name,
        subject_public_id=subject_public_id,
    )


def job_was_done(
    step: str,
    *,
    now: datetime,
    requested_by: User | None,
    counts: Mapping[str, int],
    url_name: str = "",
    subject_public_id: str = "",
) -> None:
    """Work of a person that was over when its page answered, kept for the job list in the transaction that did it."""
    run = start_job(
        step,
        now=now,
        requested_by=requested_by,
        counts=counts,
        url_name=url_name,
        subject_public_id=subject_public_id,
    )
    end_job(run.pk, now=now)


def expect(run_id: int, total: int) -> None:
    """So many parts there are, now that somebody knows; what broke off before is at work again."""
    JobRun.objects.filter(pk=run_id).update(total=total, state=JobRun.State.RUNNING, error="", finished_at=None)


def advance(run_id: int, done: int) -> None:
    """So many parts more, in the transaction that did them."""
    JobRun.objects.filter(pk=run_id).update(done=F("done") + done)


def end_job(run_id: int, *, now: datetime, counts: Mapping[str, int] | None = None, error: str = "") -> None:
    """`error`: a sentence that names no patient, or the kind of a failure; with one the job has failed."""
    state = JobRun.State.FAILED if error else JobRun.State.DONE
    told = {} if counts is None else {"counts": dict(counts)}
    JobRun.objects.filter(pk=run_id).update(state=state, error=error[:300], finished_at=now, **told)


@contextmanager
def job_run(
    step: str, *, now: datetime, requested_by: User | None = None, by_hand: bool = False, total: int | None = None
) -> Iterator[JobRun]:
    """Record a run of `step`; the caller fills `counts`. A failure is kept by the name of its kind, never with its data (no PHI)."""
    run = JobRun.objects.create(
        step=step, started_at=now, requested_by=requested_by, by_hand=by_hand or bool(requested_by), total=total
    )
    try:
        yield run
    except Exception as failure:
        run.state, run.error = JobRun.State.FAILED, type(failure).__name__
        raise
    else:
        run.state = JobRun.State.DONE
    finally:
        run.finished_at = clock.now()
        # Not what its parts have told meanwhile.
        run.save(update_fields=["state", "error", "counts", "finished_at"])
