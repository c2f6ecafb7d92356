"""Send a file, once. The row says `sending` before the call, so that after a crash nobody mistakes it for one that was never tried."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet

from apps.claims.models import Batch, Claim
from apps.claims.selectors.news import self_pay_aboard
from apps.claims.services.batch_events import tell_batch
from apps.claims.services.keep_back import keep_back_self_pay
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.connectors import doors, registry
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import (
    ConnectorError,
    HeldBackError,
    OutageError,
    RefusedError,
    SignInRefusedError,
    UncertainError,
)
from apps.core.jobs import nudge_at
from apps.core.models import User
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

State = Batch.State
LONGEST_WAIT = timedelta(hours=1)


def submit_batch(*, batch_id: str, now: datetime) -> Batch.State:
    """The batch's state afterwards. Does nothing unless the batch is written and due; two workers cannot both take it. What a patient
    has agreed to pay since it was written keeps the file back, as does a clearinghouse that refuses the sign-in.
    """
    keep_back_self_pay(batch_id=batch_id, now=now)
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    # Asked once more in the statement that takes it: what a patient agrees to in between keeps it here, for the next call to keep back.
    ready = Batch.objects.filter(~Exists(self_pay_aboard(batch_id)), due, public_id=batch_id, state=State.WRITTEN)
    taken = ready.exclude(connection__in=doors.closed(now=now)).update(
        state=State.SENDING, sending_since=now, attempts=F("attempts") + 1
    )
    batch = Batch.objects.select_related("connection", "transmission").get(public_id=batch_id)
    if not taken:
        return State(batch.state)
    Transmission.objects.filter(pk=batch.transmission_id).update(state=Transmission.State.SENDING)
    try:
        with doors.through(batch.connection, now=now):
            clearinghouse = registry.clearinghouse(batch.connection)
            clearinghouse.upload_claims(batch.transmission.name, batch.transmission.payload)
    except HeldBackError:
        return _back_to_written(batch)
    except SignInRefusedError as failure:
        return _left_at_the_door(batch, failure, now)
    except OutageError as failure:
        return _try_later(batch, failure, now)
    except RefusedError as failure:
        return _refused(batch, failure, now)
    except UncertainError:
        return ask_what_became(batch, now=now)
    return mark_sent(batch, now=now)


def ask_what_became(batch: Batch, *, now: datetime) -> Batch.State:
    """After a call that was cut off, or a sender that died: ask the other side where it can be asked, else the state is unknown.

    An outage while asking leaves the batch as it is; it is asked again.
    """
    try:
        arrived = registry.clearinghouse(batch.connection).holds_upload(batch.transmission.name)
    except ConnectorError:
        return State(batch.state)
    if arrived is None:
        return _mark_unknown(batch, now)
    if arrived:
        return mark_sent(batch, now=now)
    what = (
        f"Try {batch.attempts} was cut off; {batch.connection.name} says that the file is not there. It is sent again."
    )
    tell_batch(batch.pk, what, now=now)
    return _back_to_written(batch)


@transaction.atomic
def mark_sent(batch: Batch, *, now: datetime, acting_user: User | None = None) -> Batch.State:
    """The file arrived: known from the call, from asking, from an answer, or from a person. Its claims count as submitted when it left."""
    aboard = Claim.objects.filter(memberships__batch=batch, memberships__in_flight=True, status=ClaimStatus.BATCHED)
    keys = list(lock_claims(aboard).values_list("pk", flat=True))
    open_states = (State.SENDING, State.UNKNOWN, State.WRITTEN, State.NOT_SENT)
    sent_at = batch.sending_since or now
    if not Batch.objects.filter(pk=batch.pk, state__in=open_states).update(
        state=State.SENT, sent_at=sent_at, retry_at=None
    ):
        return State(batch.state)
    Transmission.objects.filter(pk=batch.transmission_id).update(
        state=Transmission.State.SENT, settled_at=now, problem=""
    )
    Connection.objects.filter(pk=batch.connection_id).update(last_answer_at=now, last_failure="")
    Claim.objects.filter(pk__in=keys, first_submitted_at=None).update(first_submitted_at=sent_at)
    what = f"Sent to {batch.connection.name}."
    tell_batch(
        batch.pk,
        f"{'A person says that it arrived.' if acting_user else 'It arrived.'} {what}",
        now=now,
        acting_user=acting_user,
    )
    moves = [Move(key, ClaimStatus.SUBMITTED, what, batch.transmission_id) for key in keys]
    apply_moves(moves, now=now, acting_user=acting_user)
    close_item(batch.work_item, acting_user=acting_user, now=now, outcome="It arrived.")
    batch.state, batch.sent_at = State.SENT, sent_at
    return State.SENT


@transaction.atomic
def _try_later(batch: Batch, failure: OutageError, now: datetime) -> Batch.State:
    """It surely did not arrive. It is sent again after 2, 4, 8 ... minutes, at most an hour."""
    wait = min(timedelta(minutes=2**batch.attempts), LONGEST_WAIT) if batch.attempts < 10 else LONGEST_WAIT
    nudge_at(now + wait, "submit_batch", batch.public_id, now=now)
    again = f"It is tried again in {int(wait.total_seconds()) // 60} minutes."
    tell_batch(batch.pk, f"Try {batch.attempts}: {failure} {again}", now=now)
    return _back_to_written(batch, retry_at=now + wait, failure=failure)


@transaction.atomic
def _left_at_the_door(batch: Batch, failure: SignInRefusedError, now: datetime) -> Batch.State:
    """It surely did not arrive. Whoever corrects the sign-in lets it go: the connection's own task says so."""
    tell_batch(batch.pk, f"Try {batch.attempts}: {failure} It is sent once that is corrected.", now=now)
    return _back_to_written(batch, failure=failure)


def _this_sending(batch: Batch) -> "QuerySet[Batch]":
    """Not a later one: another recoverer may have put the batch back, and a sender taken it anew."""
    return Batch.objects.filter(pk=batch.pk, state=State.SENDING, sending_since=batch.sending_since)


@transaction.atomic
def _back_to_written(
    batch: Batch, *, retry_at: datetime | None = None, failure: ConnectorError | None = None
) -> Batch.State:
    moved = _this_sending(batch).update(state=State.WRITTEN, retry_at=retry_at)
    if not moved:
        return State(batch.state)
    problem = str(failure)[:200] if failure else ""
    Transmission.objects.filter(pk=batch.transmission_id).update(state=Transmission.State.STORED, problem=problem)
    if failure:
        Connection.objects.filter(pk=batch.connection_id).update(last_failure=problem)
    batch.state, batch.retry_at = State.WRITTEN, retry_at
    return State.WRITTEN


@transaction.atomic
def _refused(batch: Batch, failure: RefusedError, now: datetime) -> Batch.State:
    """The other side would not take it (credentials, permission). Trying again by itself could lock the account: a person decides."""
    if not _this_sending(batch).update(state=State.NOT_SENT):
        return State(batch.state)
    problem = str(failure)[:200]
    tell_batch(batch.pk, f"Try {batch.attempts} was refused: {problem} A person decides.", now=now)
    Transmission.objects.filter(pk=batch.transmission_id).update(
        state=Transmission.State.FAILED, problem=problem, settled_at=now
    )
    Connection.objects.filter(pk=batch.connection_id).update(last_failure=problem)
    open_batch_work(
        batch,
        f"{batch.connection.name} refused file {batch.transmission.name}: check the connection, then send again",
        now,
    )
    batch.state = State.NOT_SENT
    return State.NOT_SENT


@transaction.atomic
def _mark_unknown(batch: Batch, now: datetime) -> Batch.State:
    """Never sent again by itself (ARCHITECTURE law 11): an answer or a person resolves it."""
    if not _this_sending(batch).update(state=State.UNKNOWN):
        return State(batch.state)
    Transmission.objects.filter(pk=batch.transmission_id).update(state=Transmission.State.UNKNOWN)
    what = f"Try {batch.attempts} was cut off, and {batch.connection.name} cannot be asked: nobody knows whether it arrived."
    tell_batch(batch.pk, what, now=now)
    open_batch_work(batch, f"Ask {batch.connection.name} whether file {batch.transmission.name} arrived", now)
    batch.state = State.UNKNOWN
    return State.UNKNOWN


def open_batch_work(batch: Batch, title: str, now: datetime) -> None:
    item = open_item(
        kind="batch",
        title=title[:200],
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:batch",
        subject_public_id=batch.public_id,
        now=now,
        amount_at_stake=batch.total,
    )
    Batch.objects.filter(pk=batch.pk).update(work_item=item)
    batch.work_item = item
