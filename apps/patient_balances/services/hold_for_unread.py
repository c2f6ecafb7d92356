"""What patients wrote or paid and nobody has read yet goes first: a stop holds at once, also for a queued message (DOMAIN 6).

Whom it concerns shows only when it is read, so that it holds up every message. Reports on our own texts hold up none.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.connectors.models import Transmission
from apps.core.jobs import nudge, nudge_at
from apps.patient_balances.models import Message, Reply

HOLD = timedelta(minutes=1)
# A delivery that cannot be read even after this long is a failed step that a person sees; it must not silence the practice for ever.
LONGEST = timedelta(days=1)
READERS = {"webhook.messages": "receive_message_event", "webhook.payments": "receive_payment_event"}
MOST_NUDGES = 20


def hold_for_unread(row: Message | Reply, *, now: datetime) -> bool:
    """True where deliveries wait to be read: the row waits until they are, and their readers are called."""
    unread = _unread(now)
    if not unread.exists():
        return False
    own = type(row).objects.filter(pk=row.pk, state=row.State.WAITING)
    own.update(due_at=now + HOLD)
    nudge_at(now + HOLD, "send_message", row.public_id, now=now)
    for kind, public_id in unread.order_by("at").values_list("kind", "public_id")[:MOST_NUDGES]:
        nudge(READERS[kind], public_id)
    return True


def release_held(*, now: datetime) -> tuple[str, ...]:
    """What was held may leave, once nothing is unread any more: the public ids of messages and replies, due now."""
    if _unread(now).exists():
        return ()
    released: list[str] = []
    for model in (Message, Reply):
        held = model.objects.filter(state=model.State.WAITING, due_at__gt=now, due_at__lte=now + HOLD)
        keys = list(held.order_by("pk").values_list("public_id", flat=True))
        held.filter(public_id__in=keys).update(due_at=now)
        released += keys
    return tuple(released)


def _unread(now: datetime) -> "QuerySet[Transmission]":
    return Transmission.objects.filter(
        direction=Transmission.Direction.IN, kind__in=READERS, state=Transmission.State.STORED, at__gt=now - LONGEST
    )
