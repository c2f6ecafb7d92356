from datetime import datetime

from django.db import transaction

from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.connectors.registry import payments
from apps.patient_balances.services.post_payment import Posted, post_payment


@transaction.atomic
def receive_payment_event(*, transmission_id: str, now: datetime) -> Posted:
    """Reads the stored, verified webhook once. A webhook told twice, or found by asking before, posts nothing more."""
    stored = Transmission.objects.select_related("connection").get(public_id=transmission_id)
    if not journal.move(stored, old=Transmission.State.STORED, new=Transmission.State.PROCESSED, now=now):
        return Posted.KNOWN
    if stored.connection is None:
        raise Connection.DoesNotExist("A webhook without its connection.")
    try:
        event = payments(stored.connection).parse_event(WebhookDelivery.from_bytes(bytes(stored.payload)))
    except RefusedError as failure:
        journal.move(
            stored, old=Transmission.State.PROCESSED, new=Transmission.State.FAILED, now=now, problem=str(failure)
        )
        return Posted.IGNORED
    return post_payment(event, now=now, transmission=stored)
