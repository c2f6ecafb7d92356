"""A Celery task per step, registered under the step's name, and one that runs a periodic job.

Of a failure the log holds kinds and places, never its text, which may name a patient: `apps.core.logs` writes it.
"""

import logging
from datetime import datetime
from typing import Any

from celery import Task, shared_task

from apps.automations import failures, schedule
from apps.automations.following import Done
from apps.automations.steps import STEPS
from apps.automations.timetable import is_switched_off
from apps.connectors.doors import KIND as SIGN_IN_REFUSED
from apps.connectors.ports.errors import ConnectorError, SignInRefusedError
from apps.connectors.registry import NoConnectionError
from apps.core import clock
from apps.core.jobs import job_run, nudge
from apps.core.mails import LostInSendingError
from apps.core.models import JobRun, User
from apps.worklist.queue import is_any_open

logger = logging.getLogger(__name__)
RUN_AUTOMATION = "run_automation"


def run_step(name: str, key: str, *, now: datetime) -> Done:
    """Run one step and nudge what follows. A failure becomes a worklist item; the row's state stays, so the sweep tries again, but
    for a mail that may have left.

    A failure of a part is raised as well, once what follows the rest is nudged.
    """
    try:
        done = STEPS[name](key, now)
    except Exception as failure:
        _tell(name, key, failure, now)
        raise
    for step, following in done.then:
        nudge(step, following)
    if done.failure:
        _tell(name, key, done.failure, now)
        raise done.failure
    failures.step_worked(name, key, now=now)
    return done


def _tell(name: str, key: str, failure: Exception, now: datetime) -> None:
    if isinstance(failure, SignInRefusedError) and is_any_open(SIGN_IN_REFUSED):
        return  # one task says it of the connection, whatever the number of steps
    if isinstance(failure, ConnectorError | NoConnectionError):
        failures.connection_failed(name, key, failure, now=now)
    elif isinstance(failure, LostInSendingError):
        failures.mail_lost(name, key, now=now)
    else:
        failures.step_failed(name, key, failure, now=now)


def run_automation(name: str, *, now: datetime, requested_by: User | None = None) -> JobRun | None:
    """One run of a periodic job, recorded. A job that is switched off runs only when a person asks. Raises KeyError for an unknown name."""
    periodic = schedule.BY_NAME[name]
    if requested_by is None and is_switched_off(name):
        return None
    with job_run(name, now=now, requested_by=requested_by) as run:
        run.counts = run_step(periodic.step, "", now=now).counts
    return run


@shared_task(name=RUN_AUTOMATION)
def run_automation_task(name: str, requested_by: str = "") -> None:
    user = User.objects.filter(public_id=requested_by).first() if requested_by else None
    try:
        run_automation(name, now=clock.now(), requested_by=user)
    except Exception:  # recorded in its JobRun and as a worklist item
        logger.exception("Automation %s failed.", name)


def _register(step: str) -> Task[Any, Any]:
    def task(key: str = "") -> None:
        try:
            run_step(step, key, now=clock.now())
        except Exception:  # recorded as a worklist item
            logger.exception("Step %s failed.", step)

    registered: Task[Any, Any] = shared_task(name=step)(task)
    return registered


TASKS = {name: _register(name) for name in STEPS}
