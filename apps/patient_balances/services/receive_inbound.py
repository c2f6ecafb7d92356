"""What a patient writes or calls. Opt-outs take effect at once; what needs reading pauses and waits for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from apps.connectors.ports.messaging import MessageEvent
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.intake.models import Consent, Patient
from apps.patient_balances.encode import practice_words
from apps.patient_balances.locks import lock_address
from apps.patient_balances.models import LIVE, Balance, InboundMessage, Outgoing, Reply
from apps.patient_balances.rules import texts
from apps.patient_balances.rules.opt_out import PAUSES, Meaning, meaning_of
from apps.patient_balances.rules.windows import next_opening
from apps.patient_balances.rules.zones import zones_of
from apps.patient_balances.services.reroute import mark_unreachable
from apps.patient_balances.services.revoke_consent import restore_consent, revoke_consent
from apps.practice.models import Practice
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item

SMS = Outgoing.Channel.SMS
# One text back per caller in this time, however often they call.
CALL_WINDOW = timedelta(hours=24)
CALL_BACK_WITHIN = timedelta(hours=4)
ANSWER_WITHIN = timedelta(hours=24)
PAGE = "balances:inbound"


def receive_inbound(event: MessageEvent, *, at: datetime, now: datetime) -> None:
    meaning = meaning_of(event.text)
    inbound = _keep(event, meaning, at)
    if inbound is None:
        return
    if meaning is Meaning.STOP:
        revoke_consent(
            channel=SMS, address=event.address, text=event.text, now=now, why="The patient opted out of texts."
        )
    elif meaning is Meaning.START:
        restore_consent(channel=SMS, address=event.address, now=now)
    elif meaning is Meaning.HELP:
        _answer(inbound, "help", now)
    elif meaning is Meaning.WRONG_NUMBER:
        why = "Somebody else has this number."
        mark_unreachable(SMS, event.address, problem=why, now=now)
        revoke_consent(channel=SMS, address=event.address, text=event.text, now=now, why=why)
        _ask_person(inbound, "Correct the phone number: a text reached somebody else", now, ANSWER_WITHIN)
    else:
        _ask_person(inbound, "Read what the patient wrote; messages wait until then", now, ANSWER_WITHIN)


def receive_missed_call(event: MessageEvent, *, at: datetime, now: datetime) -> None:
    inbound = _keep(event, Meaning.MISSED_CALL, at)
    if inbound is None:
        return
    earlier = InboundMessage.objects.filter(
        address=event.address, meaning=Meaning.MISSED_CALL, at__gt=at - CALL_WINDOW, at__lt=at + CALL_WINDOW
    ).exclude(pk=inbound.pk)
    if earlier.filter(answered_at=None, work_item__state=WorkItem.State.OPEN).exists():
        return
    _ask_person(inbound, "Call back: the practice missed this patient's call", now, CALL_BACK_WITHIN)
    if not earlier.exists():
        _answer(inbound, "missed_call", now)


def _keep(event: MessageEvent, meaning: Meaning, at: datetime) -> InboundMessage | None:
    """None where the same delivery was kept before."""
    lock_address(event.address)
    patients = _patients_at(event.address)
    inbound, new = InboundMessage.objects.get_or_create(
        vendor_key=event.vendor_id or event.event_id,
        defaults={
            "patient": patients[0] if patients else None,
            "address": event.address,
            "text": event.text,
            "at": at,
            "meaning": meaning.value,
            "pauses": meaning in PAUSES,
        },
    )
    return inbound if new else None


def _patients_at(address: str) -> Sequence[Patient]:
    """Whoever can be reached at this number, those who owe something first."""
    if not address:
        return []
    owes = Balance.objects.filter(patient=OuterRef("pk"), state__in=LIVE)
    consented = Consent.objects.filter(patient=OuterRef("pk"), address=address)
    by_phone = Patient.objects.filter(phone=address)
    by_consent = Patient.objects.filter(Exists(consented))
    return list((by_phone | by_consent).annotate(owes=Exists(owes)).order_by("-owes", "pk")[:5])


def _ask_person(inbound: InboundMessage, title: str, now: datetime, within: timedelta) -> None:
    inbound.work_item = open_item(
        kind=f"inbound_{inbound.meaning}",
        title=title,
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name=PAGE,
        subject_public_id=inbound.public_id,
        now=now,
        due_on=practice_date(now + within),
        due_at=now + within,
    )
    inbound.save(update_fields=["work_item"])


def _answer(inbound: InboundMessage, kind: str, now: datetime) -> None:
    """One text, to a number whose owner consented to texts, when its hour comes."""
    consented = Consent.objects.filter(channel=SMS, address=inbound.address, revoked_at=None).exists()
    practice = Practice.objects.first()
    if not consented or practice is None:
        return
    patient = inbound.patient
    language = texts.language_of(patient.language) if patient else "en"
    zones = zones_of(
        state=patient.state if patient else "", postcode=patient.postcode if patient else "", phone=inbound.address
    )
    due_at = next_opening(now, zones)
    reply = Reply.objects.create(
        inbound=inbound,
        channel=SMS,
        address=inbound.address,
        body=texts.text_body(kind, language, practice_words(practice)),
        due_at=due_at,
    )
    if due_at <= now:
        nudge("send_message", reply.public_id)
