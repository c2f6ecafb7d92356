"""What a person decides about a file: that it arrived, that it did not, that it shall be sent again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Batch, Claim
from apps.claims.selectors.batches import never_left, returned_with_it, waits_after_arrival
from apps.claims.services.batch_events import tell_batch
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.release_claims import release
from apps.claims.services.submit_batch import mark_sent
from apps.connectors.models import Transmission
from apps.core.jobs import nudge
from apps.core.models import User
from apps.worklist.queue import close_item

State = Batch.State


class BatchNotOpenError(Exception):
    """The batch has moved on; the message says to what."""


def _locked(batch_id: str, states: tuple[Batch.State, ...]) -> Batch:
    """Its claims before the batch itself: the order of lock_claims."""
    list(lock_claims(Claim.objects.filter(memberships__batch__public_id=batch_id)).values_list("pk"))
    rows = Batch.objects.select_for_update(of=("self",)).select_related("connection", "transmission", "work_item")
    batch = rows.get(public_id=batch_id)
    if batch.state not in states:
        raise BatchNotOpenError(f"This file is already {State(batch.state).label.lower()}.")
    return batch


@transaction.atomic
def resolve_unknown_batch(*, batch_id: str, arrived: bool, acting_user: User, now: datetime, note: str = "") -> None:
    """ "It arrived": the file counts as sent. "It did not": its claims are scrubbed again and leave with the next file; `note` says
    how that is known, for a second sending cannot be taken back. Raises BatchNotOpenError.
    """
    words = note.strip()[:120]
    if not arrived and not words:
        raise BatchNotOpenError("Say how you know that it did not arrive: whom you asked, or where you looked.")
    batch = _locked(batch_id, (State.UNKNOWN,))
    if arrived:
        mark_sent(batch, now=now, acting_user=acting_user)
    else:
        _release(batch, _to_release(batch), acting_user, now, f"It did not arrive: {words}")
    _audit("resolve_batch", batch, acting_user, now, arrived=arrived)


@transaction.atomic
def release_batch(*, batch_id: str, acting_user: User, now: datetime) -> None:
    """A file that the other side would not take or returned as a whole: its claims are scrubbed again. Not those that were rejected for
    a reason of their own.

    Raises BatchNotOpenError.
    """
    batch = _locked(batch_id, (State.NOT_SENT, State.REJECTED, State.PARTLY_ACCEPTED))
    keys = _to_release(batch)
    if not keys:
        raise BatchNotOpenError("No claim of this file waits to be released. Rejected ones are in the exception queue.")
    _release(batch, keys, acting_user, now, "Its claims were released")
    _audit("release_batch", batch, acting_user, now, arrived=False)


@transaction.atomic
def resend_batch(*, batch_id: str, acting_user: User, now: datetime) -> None:
    """A file that the other side refused is tried again, after the cause was mended. Raises BatchNotOpenError."""
    batch = _locked(batch_id, (State.NOT_SENT,))
    if not batch.members.filter(in_flight=True).exists():
        raise BatchNotOpenError("The claims of this file have been released; they leave with another one.")
    Batch.objects.filter(pk=batch.pk).update(state=State.WRITTEN, retry_at=None)
    Transmission.objects.filter(pk=batch.transmission_id).update(state=Transmission.State.STORED, problem="")
    tell_batch(batch.pk, "To be sent again.", now=now, acting_user=acting_user)
    close_item(batch.work_item, acting_user=acting_user, now=now, outcome="Sent again.")
    _audit("resend_batch", batch, acting_user, now, arrived=False)
    nudge("submit_batch", batch.public_id)


@transaction.atomic
def settle_late_batch(*, batch_id: str, outcome: str, acting_user: User, now: datetime) -> None:
    """A person has seen to the claims that went out twice, or to a cancelled correction that arrived; `outcome` says how.

    Raises BatchNotOpenError.
    """
    batch = _locked(batch_id, tuple(State))
    if not waits_after_arrival(batch):
        raise BatchNotOpenError("No claim of this file waits to be seen to after it arrived.")
    if not outcome.strip():
        raise BatchNotOpenError("Say in a few words what became of it.")
    tell_batch(batch.pk, f"What had arrived late was seen to: {outcome.strip()}", now=now, acting_user=acting_user)
    close_item(batch.work_item, acting_user=acting_user, now=now, outcome=outcome.strip())
    _audit("settle_late_batch", batch, acting_user, now, arrived=True)


def _release(batch: Batch, keys: Sequence[int], acting_user: User, now: datetime, why: str) -> None:
    what = f"File {batch.transmission.name} did not get through; the claim is scrubbed again and leaves with the next file."
    release(batch, keys, why, what, now=now, acting_user=acting_user)
    if batch.state == State.UNKNOWN:
        Batch.objects.filter(pk=batch.pk).update(state=State.NOT_SENT)
        Transmission.objects.filter(pk=batch.transmission_id).update(state=Transmission.State.FAILED, settled_at=now)
    close_item(batch.work_item, acting_user=acting_user, now=now, outcome="Claims released.")


def _to_release(batch: Batch) -> list[int]:
    """Claims that have moved on since (edited, put into another file) stay where they are."""
    return sorted(place.claim_id for places in (never_left(batch), returned_with_it(batch)) for place in places)


def _audit(action: str, batch: Batch, acting_user: User, now: datetime, *, arrived: bool) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="batch",
        subject_public_id=batch.public_id,
        arrived=arrived,
    )
