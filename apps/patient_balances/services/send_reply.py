"""Our one answer to a missed call or to HELP, sent with the same care as a touch of the sequence."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from apps.connectors import doors
from apps.connectors.contact import contact
from apps.connectors.ports.errors import AddressRefusedError, ConnectorError, UncertainError
from apps.connectors.registry import messaging
from apps.core.clock import practice_date
from apps.core.jobs import nudge_at
from apps.intake.models import Consent
from apps.patient_balances.models import Reply
from apps.patient_balances.selectors.ways import usable_channels
from apps.patient_balances.services.hold_for_unread import hold_for_unread
from apps.patient_balances.services.record_send import record_reply_sent, this_sending

State = Reply.State
RETRY_AFTER = timedelta(minutes=15)
# An answer that comes a day late answers nothing.
TOO_LATE = timedelta(hours=20)


def send_reply(*, reply_id: str, now: datetime) -> bool:
    """Whether it left now. Raises OutageError or RefusedError after putting it back."""
    reply = Reply.objects.filter(public_id=reply_id).select_related("inbound").first()
    if reply is None or reply.state != State.WAITING or reply.due_at > now:
        return False
    connection = usable_channels(practice_date(now)).connections.get(reply.channel)
    if connection is None or now - reply.inbound.at > TOO_LATE:
        Reply.objects.filter(pk=reply.pk, state=State.WAITING).update(
            state=State.CANCELLED, problem="It could not leave in time."
        )
        return False
    if doors.is_closed(connection, now=now) or hold_for_unread(reply, now=now) or not _take(reply, now):
        return False
    adapter = messaging(connection)
    try:
        with contact(connection, now=now):
            vendor_id = adapter.send(
                to=reply.address,
                body=reply.body,
                reference=reply.public_id,
                status_url=f"{settings.PUBLIC_URL}{reverse('webhooks:messages')}?m={reply.public_id}",
            )
    except UncertainError as failure:
        return _end(reply, State.UNKNOWN, problem=str(failure))
    except AddressRefusedError as failure:
        return _end(reply, State.FAILED, problem=str(failure))
    except ConnectorError:
        this_sending(reply).update(
            state=State.WAITING, sending_since=None, attempts=reply.attempts + 1, due_at=now + RETRY_AFTER
        )
        nudge_at(now + RETRY_AFTER, "send_message", reply.public_id, now=now)
        raise
    record_reply_sent(reply, vendor_id=vendor_id, now=now)
    return True


def _take(reply: Reply, now: datetime) -> bool:
    consent = Consent.objects.filter(channel=OuterRef("channel"), address=OuterRef("address"), revoked_at=None)
    waiting = Reply.objects.filter(Exists(consent), pk=reply.pk, state=State.WAITING, vendor_id="", due_at__lte=now)
    reply.sending_since = now
    return waiting.update(state=State.SENDING, sending_since=now) == 1


def _end(reply: Reply, state: Reply.State, *, problem: str) -> bool:
    """No second try and no task: the call-back task stands, whether or not this text arrived."""
    this_sending(reply).update(state=state, problem=problem[:200])
    return False
