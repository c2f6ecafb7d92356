"""What a person does after a crash: looks at the clearinghouse's portal and at the outgoing mail, and settles what is unknown."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from apps.automations.outside import Outside
from apps.claims.models import Batch
from apps.claims.services import resolve_unknown_batch
from apps.core.models import User
from apps.patient_balances.models import Message
from apps.patient_balances.services import resolve_unknown_message
from apps.practice.roles import Role


def settle_unknowns(outside: Outside, *, now: datetime) -> int:
    """Returns how many there were."""
    biller = User.objects.filter(membership__role=Role.BILLER).order_by("pk").first()
    if biller is None:
        raise LookupError("The demo practice has no biller: load it first.")
    batches = list(Batch.objects.filter(state=Batch.State.UNKNOWN))
    received = {key.rpartition(" ")[2] for key in outside.files()["received"]} if batches else set()
    for batch in batches:
        arrived = f"{batch.interchange_number:09d}" in received
        resolve_unknown_batch(
            batch_id=batch.public_id, arrived=arrived, note="Looked in its portal.", acting_user=biller, now=now
        )
    messages = list(Message.objects.filter(state=Message.State.UNKNOWN))
    for message in messages:
        was_sent = _is_in_the_outgoing_mail(message)
        resolve_unknown_message(message_id=message.public_id, was_sent=was_sent, acting_user=biller, now=now)
    return len(batches) + len(messages)


def _is_in_the_outgoing_mail(message: Message) -> bool:
    folder = Path(settings.EMAIL_FILE_PATH)
    return any(message.public_id in path.read_text() for path in folder.glob("*")) if folder.exists() else False
