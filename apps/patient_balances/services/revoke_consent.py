from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.intake.models import Consent
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.rules.opt_out import Meaning, meaning_of
from apps.patient_balances.services.reroute import reroute_unconsented

STARTED_AGAIN = "Asked by text to receive texts again (START)."


@transaction.atomic
def revoke_consent(
    *, channel: str, address: str, text: str, now: datetime, acting_user: User | None = None, why: str = "Opted out."
) -> int:
    """End every consent to write to this address by this channel; how many ended. What waits for it goes another way, at once."""
    in_force = Consent.objects.filter(channel=channel, address=address, revoked_at=None)
    patients = list(in_force.order_by("pk").values_list("patient__public_id", flat=True))
    ended = in_force.update(revoked_at=now, revoked_by_text=text[:160])
    if acting_user:
        record(
            "revoke_consent",
            acting_user=acting_user,
            now=now,
            subject_kind="consent",
            patients=patients,
            channel=channel,
        )
    reroute_unconsented(Message.objects.filter(channel=channel, address=address), why=why, now=now)
    Reply.objects.filter(channel=channel, address=address, state=Reply.State.WAITING).update(
        state=Reply.State.CANCELLED, problem=why[:200]
    )
    return ended


@transaction.atomic
def restore_consent(*, channel: str, address: str, now: datetime) -> int:
    """START: whoever had agreed to texts at this number, and ended that by a STOP, agrees again by writing so. How many began again.

    A consent that ended last because somebody else has the number, or in the EHR, is not the writer's to give back.
    """
    ended = Consent.objects.filter(channel=channel, address=address).exclude(revoked_at=None)
    last = dict(ended.order_by("revoked_at", "pk").values_list("patient_id", "revoked_by_text"))
    stopped = {patient for patient, text in last.items() if meaning_of(text) is Meaning.STOP}
    in_force = set(
        Consent.objects.filter(channel=channel, address=address, revoked_at=None).values_list("patient_id", flat=True)
    )
    patients = stopped - in_force
    Consent.objects.bulk_create(
        [
            Consent(
                patient_id=patient,
                channel=channel,
                address=address,
                given_on=practice_date(now),
                wording=STARTED_AGAIN,
                source="text message",
            )
            for patient in sorted(patients)
        ]
    )
    return len(patients)
