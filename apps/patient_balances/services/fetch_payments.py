"""Ask the processor for what was paid and never told, and give up what was started and never paid."""

from datetime import datetime, timedelta

from apps.connectors.models import Connection
from apps.connectors.registry import connection_of, payments
from apps.patient_balances.models import PatientPayment
from apps.patient_balances.services.post_payment import Posted, post_payment

# A processor's page lives a day; a bank transfer may settle some days later. Never further back than it keeps its events.
LOOK_BACK = timedelta(days=5)
GIVE_UP_AFTER = timedelta(days=6)
State = PatientPayment.State


def fetch_payments(*, now: datetime) -> int:
    """How many were posted that no webhook had told of. Raises OutageError, RefusedError, NoConnectionError."""
    connection = connection_of(Connection.Kind.PAYMENTS)
    events = payments(connection).payments_since(now - LOOK_BACK)
    posted = [post_payment(event, now=now) for event in events]
    PatientPayment.objects.filter(state=State.STARTED, started_at__lt=now - GIVE_UP_AFTER).update(state=State.FAILED)
    return posted.count(Posted.POSTED)
