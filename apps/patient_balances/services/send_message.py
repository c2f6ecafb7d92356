"""Send one message: `sending` is committed before the vendor is called, and what came of it after."""

from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.connectors import doors
from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.ports.errors import AddressRefusedError, OptedOutError, OutageError, RefusedError, UncertainError
from apps.connectors.registry import messaging
from apps.core.clock import practice_date
from apps.core.jobs import nudge_at
from apps.intake.models import Consent
from apps.patient_balances.encode import subject_of, whole_body
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Balance, Message, Reply
from apps.patient_balances.rules.windows import next_opening
from apps.patient_balances.rules.zones import zones_of
from apps.patient_balances.selectors.ways import pausing, usable_channels
from apps.patient_balances.services.hold_for_unread import hold_for_unread
from apps.patient_balances.services.record_send import record_sent, record_unknown, this_sending
from apps.patient_balances.services.report_setup import report_lacking
from apps.patient_balances.services.reroute import CONSENT_ENDED, mark_unreachable, reroute, reroute_unconsented
from apps.patient_balances.services.revoke_consent import revoke_consent
from apps.patient_balances.services.send_reply import send_reply
from apps.practice.models import Practice

State = Message.State
# After an outage: minutes until it is tried again, the last one again and again.
BACKOFF = (5, 15, 60)


class Sending(Enum):
    SENT = "sent"
    NOT_TAKEN = "not_taken"  # not due, stopped, paused, or somebody else has it
    POSTPONED = "postponed"  # the hours or the vendor's agreement do not allow it now
    REROUTED = "rerouted"
    UNCERTAIN = "uncertain"


def send_message(*, message_id: str, now: datetime) -> Sending:
    """Raises OutageError, and RefusedError where the vendor refuses us rather than the address, after putting the message
    back: it is tried again later, and the failing connection is seen once rather than at each message.
    """
    message = Message.objects.filter(public_id=message_id).select_related("balance__patient", "link").first()
    if message is None:
        return Sending.SENT if send_reply(reply_id=message_id, now=now) else Sending.NOT_TAKEN
    if message.state != State.WAITING or message.due_at > now:
        return Sending.NOT_TAKEN
    connection = _connection(message, now)
    if connection is None or not _in_hours(message, now) or doors.is_closed(connection, now=now):
        return Sending.POSTPONED
    if hold_for_unread(message, now=now):
        return Sending.POSTPONED
    if not _take(message, now):
        own = Message.objects.filter(pk=message.pk)
        return Sending.REROUTED if reroute_unconsented(own, why=CONSENT_ENDED, now=now) else Sending.NOT_TAKEN
    return _call(message, connection, now)


def _connection(message: Message, now: datetime) -> Connection | None:
    """The vendor of the channel, while its agreement holds; else the task that says so."""
    usable = usable_channels(practice_date(now))
    connection = usable.connections.get(message.channel)
    if connection is None:
        report_lacking({message.channel: usable.lacking[message.channel]}, now=now)
    return connection


def _in_hours(message: Message, now: datetime) -> bool:
    patient = message.balance.patient
    opens = next_opening(now, zones_of(state=patient.state, postcode=patient.postcode, phone=patient.phone))
    if opens > now:
        Message.objects.filter(pk=message.pk, state=State.WAITING).update(due_at=opens)
    return opens <= now


def _take(message: Message, now: datetime) -> bool:
    """The one conditional update: whoever stopped, paid, paused or opted out before it commits has won, also where the row waits again
    since, to go another way than the one that was read.
    """
    consent = Consent.objects.filter(
        patient=message.balance.patient_id, channel=OuterRef("channel"), address=OuterRef("address"), revoked_at=None
    )
    paused = pausing().filter(Q(patient=message.balance.patient_id) | Q(address=OuterRef("address")))
    is_open = Balance.objects.filter(pk=OuterRef("balance_id"), state=Balance.State.OPEN)
    taken = Message.objects.filter(
        Exists(is_open),
        Exists(consent),
        ~Exists(paused),
        pk=message.pk,
        channel=message.channel,
        address=message.address,
        state=State.WAITING,
        vendor_id="",
        due_at__lte=now,
    ).update(state=State.SENDING, sending_since=now)
    message.sending_since = now
    return taken == 1


def status_url(message: Message | Reply) -> str:
    """Where the vendor reports. The id in it names the message even if a crash kept us from learning the vendor's own."""
    return f"{settings.PUBLIC_URL}{reverse('webhooks:messages')}?m={message.public_id}"


def _call(message: Message, connection: Connection, now: datetime) -> Sending:
    adapter = messaging(connection)
    try:
        with contact(connection, now=now):
            vendor_id = adapter.send(
                to=message.address,
                body=whole_body(message),
                reference=message.public_id,
                status_url=status_url(message),
                subject=subject_of(message, Practice.objects.get()),
            )
    except UncertainError as failure:
        # Where the vendor can be asked, recover_messages does so after a while; where not, a person must.
        if not adapter.capabilities.can_be_asked:
            record_unknown(message, problem=str(failure), now=now)
        return Sending.UNCERTAIN
    except AddressRefusedError as failure:
        _other_way(message, failure, now)
        return Sending.REROUTED
    except (OutageError, RefusedError):
        _put_back(message, now)
        raise
    record_sent(message, vendor_id=vendor_id, now=now)
    return Sending.SENT


def _put_back(message: Message, now: datetime) -> None:
    due_at = now + timedelta(minutes=BACKOFF[min(message.attempts, len(BACKOFF) - 1)])
    this_sending(message).update(state=State.WAITING, sending_since=None, attempts=message.attempts + 1, due_at=due_at)
    nudge_at(due_at, "send_message", message.public_id, now=now)


@transaction.atomic
def _other_way(message: Message, failure: AddressRefusedError, now: datetime) -> None:
    if isinstance(failure, OptedOutError):
        revoke_consent(channel=message.channel, address=message.address, text="Told the vendor to stop", now=now)
    else:
        mark_unreachable(message.channel, message.address, problem=str(failure), now=now)
    rows = [row for row in locked_messages(Message.objects.filter(pk=message.pk)) if row.state == State.SENDING]
    reroute(rows, why=str(failure), now=now)
