"""What patients wrote or paid and nobody has read yet goes first: a stop holds at once, also for a queued message (DOMAIN 6)."""

from datetime import datetime, timedelta

from apps.connectors.models import Transmission
from apps.core.jobs import nudge
from apps.patient_balances.models import Message, Reply

HOLD = timedelta(minutes=1)
# A delivery that cannot be read even after this long is a failed step that a person sees; it must not silence the practice for ever.
LONGEST = timedelta(days=1)
READERS = {"webhook.messages": "receive_message_event", "webhook.payments": "receive_payment_event"}
MOST_NUDGES = 20


def hold_for_unread(row: Message | Reply, *, now: datetime) -> bool:
    """True where deliveries wait to be read: the row waits a minute more, and their readers are called."""
    unread = Transmission.objects.filter(
        direction=Transmission.Direction.IN, kind__in=READERS, state=Transmission.State.STORED, at__gt=now - LONGEST
    )
    if not unread.exists():
        return False
    own = type(row).objects.filter(pk=row.pk, state=row.State.WAITING)
    own.update(due_at=now + HOLD)
    for kind, public_id in unread.order_by("at").values_list("kind", "public_id")[:MOST_NUDGES]:
        nudge(READERS[kind], public_id)
    return True
