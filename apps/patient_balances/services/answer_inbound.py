from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.models import InboundMessage
from apps.patient_balances.services.revoke_consent import revoke_consent
from apps.worklist.queue import close_item


@transaction.atomic
def answer_inbound(*, inbound_id: str, stop_texts: bool, acting_user: User, now: datetime) -> None:
    """A person has read and answered it: messages go on, or texts to this number end."""
    inbound = InboundMessage.objects.select_for_update(of=("self",)).select_related("patient").get(public_id=inbound_id)
    if inbound.answered_at is None:
        inbound.answered_at = now
        inbound.save(update_fields=["answered_at"])
    outcome = "Texts to this number ended." if stop_texts else "Answered."
    close_item(inbound.work_item, acting_user=acting_user, now=now, outcome=outcome)
    if stop_texts:
        revoke_consent(channel=inbound.channel, address=inbound.address, text=inbound.text, now=now, why=outcome)
    record(
        "answer_inbound",
        acting_user=acting_user,
        now=now,
        subject_kind="inbound_message",
        subject_public_id=inbound.public_id,
        patients=[inbound.patient.public_id] if inbound.patient else [],
        stop_texts=stop_texts,
    )
