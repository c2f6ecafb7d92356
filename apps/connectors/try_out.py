"""Ask an outside system something that changes nothing there, because a person wants to know whether it answers.

A slow vendor must not hold a web process: the page keeps what is asked, and a worker asks.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.trail import record
from apps.connectors import registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.ports.errors import ConnectorError
from apps.core.advisory_locks import lock_until_commit
from apps.core.jobs import end_job, nudge, start_job
from apps.core.models import JobRun, User

logger = logging.getLogger(__name__)
STEP = "try_connection"
# The count of a test that came to its end: 1 where the other side answered, else 0.
ANSWERS = "answers"
# After so long without an end a test that was begun may be asked for anew; one that was not is still to come.
PATIENCE = timedelta(minutes=2)
Kind = Connection.Kind


@transaction.atomic
def start_try_out(*, connection: Connection, acting_user: User, now: datetime) -> JobRun:
    """A test for a worker to do. One that is not over stands for whoever asks again meanwhile: a vendor may count log-ins that fail."""
    lock_until_commit(STEP, connection.public_id)
    running = JobRun.objects.filter(step=STEP, subject_public_id=connection.public_id, state=JobRun.State.RUNNING)
    if run := running.filter(Q(total=None) | Q(started_at__gt=now - PATIENCE)).first():
        return run
    run = start_job(
        STEP,
        now=now,
        requested_by=acting_user,
        url_name="settings:test_connection",
        subject_public_id=connection.public_id,
    )
    nudge(STEP, run.public_id)
    return run


def run_try_out(*, run_id: str, now: datetime) -> int:
    """1 where this call asked, 0 where another has: a test is begun once, also where its worker is killed in it.

    Either answer stands on the connection, as after any contact. Not one transaction: the other side is asked in between, and its
    tokens may be renewed.
    """
    mine = JobRun.objects.filter(public_id=run_id, step=STEP, state=JobRun.State.RUNNING, total=None)
    if not mine.update(total=1):
        return 0
    run = JobRun.objects.select_related("requested_by").get(public_id=run_id)
    connection = Connection.objects.get(public_id=run.subject_public_id)
    try:
        failure = _failure(connection, now)
    except Exception as fault:  # told on the page: nobody else waits for a test
        logger.exception("The test of a connection broke off.")
        end_job(run.pk, now=now, error=type(fault).__name__)
        return 1
    with transaction.atomic():
        end_job(run.pk, now=now, counts={ANSWERS: 0 if failure else 1}, error=failure)
        record(
            STEP,
            acting_user=run.requested_by,
            now=now,
            subject_kind="connection",
            subject_public_id=connection.public_id,
            answered=not failure,
        )
    return 1


def latest_try_out(connection: Connection) -> JobRun | None:
    found = JobRun.objects.filter(step=STEP, subject_public_id=connection.public_id)
    return found.order_by("-started_at", "-pk").first()


def waiting_try_outs() -> "QuerySet[JobRun]":
    """Those that no worker has begun."""
    return JobRun.objects.filter(step=STEP, state=JobRun.State.RUNNING, total=None)


def _failure(connection: Connection, now: datetime) -> str:
    """Why it does not answer, as a sentence; empty where it does."""
    try:
        with contact(connection, now=now, by_hand=True):
            _adapter(connection, now).try_out()
    except ConnectorError as failure:
        return str(failure)
    return ""


def _adapter(connection: Connection, now: datetime) -> Any:
    if connection.kind == Kind.EHR:
        return registry.ehr(connection, now=now)
    build = {
        Kind.CLEARINGHOUSE: registry.clearinghouse,
        Kind.PAYMENTS: registry.payments,
        Kind.MESSAGING: registry.messaging,
    }
    return build[Kind(connection.kind)](connection)
