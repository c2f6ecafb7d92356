"""Messages left in `sending` by a crash: ask the vendor, else they are unknown and a person's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.connectors.ports.errors import ConnectorError
from apps.connectors.registry import NoConnectionError, messaging, messaging_connection
from apps.core.jobs import nudge
from apps.patient_balances.encode import whole_body
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services.record_send import record_sent, record_unknown, this_sending

State = Message.State
# Longer than any call to a vendor takes: whoever set `sending` is no longer at it.
LEFT_BEHIND_AFTER = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecoveredMessages:
    sent: int = 0
    waiting: int = 0
    unknown: int = 0


def recover_messages(*, now: datetime) -> RecoveredMessages:
    """Each message is settled by itself. A vendor that cannot be reached now is asked again, for a day; then a person is."""
    outcomes = [_recover(message, now) for message in _left_behind(now)]
    outcomes += [_recover_reply(reply, now) for reply in _replies_left_behind(now)]
    return RecoveredMessages(*(outcomes.count(state) for state in (State.SENT, State.WAITING, State.UNKNOWN)))


def _left_behind(now: datetime) -> list[Message]:
    rows = Message.objects.filter(state=State.SENDING, sending_since__lte=now - LEFT_BEHIND_AFTER)
    return list(rows.select_related("balance", "link").order_by("pk"))


def _recover(message: Message, now: datetime) -> Message.State | None:
    try:
        adapter = messaging(messaging_connection(message.channel))
    except (NoConnectionError, ConnectorError) as failure:
        return _not_answered(message, failure, now)
    if not adapter.capabilities.can_be_asked:
        record_unknown(message, problem="Cut off while sending; this service cannot be asked.", now=now)
        return State.UNKNOWN
    try:
        vendor_id = adapter.find(
            to=message.address,
            body=whole_body(message),
            since=message.link.created_at if message.link else message.balance.opened_at,
            others=_known_ids(message.address),
        )
    except ConnectorError as failure:
        return _not_answered(message, failure, now)
    if vendor_id:
        record_sent(message, vendor_id=vendor_id, now=now)
        return State.SENT
    if not this_sending(message).update(state=State.WAITING, sending_since=None, due_at=now):
        return None
    nudge("send_message", message.public_id)
    return State.WAITING


def _not_answered(message: Message, failure: Exception, now: datetime) -> Message.State | None:
    """An outage passes: ask again. Who refuses to say, or is away for a day, leaves it to a person."""
    if _may_pass(message, failure, now):
        return None
    record_unknown(message, problem=f"Nobody would say whether it left: {failure}", now=now)
    return State.UNKNOWN


def _may_pass(row: Message | Reply, failure: Exception, now: datetime) -> bool:
    passing = isinstance(failure, NoConnectionError) or (isinstance(failure, ConnectorError) and failure.retryable)
    return passing and row.sending_since is not None and row.sending_since > now - GIVE_UP_AFTER


def _known_ids(address: str) -> set[str]:
    """The vendor's ids of what is known to have gone to this address. What is in doubt has none yet."""
    return {
        vendor_id
        for model in (Message, Reply)
        for vendor_id in model.objects.filter(address=address).values_list("vendor_id", flat=True)
        if vendor_id
    }


def _replies_left_behind(now: datetime) -> list[Reply]:
    rows = Reply.objects.filter(state=State.SENDING, sending_since__lte=now - LEFT_BEHIND_AFTER)
    return list(rows.select_related("inbound").order_by("pk"))


def _reply_unknown(reply: Reply, problem: str) -> Message.State | None:
    return State.UNKNOWN if this_sending(reply).update(state=State.UNKNOWN, problem=problem[:200]) else None


def _recover_reply(reply: Reply, now: datetime) -> Message.State | None:
    """Asked about like a message. Where nobody says, it is unknown and stays so: the call-back task stands beside it.

    It may have left since its call came, in an earlier sending that was put back too soon.
    """
    own = this_sending(reply)
    try:
        adapter = messaging(messaging_connection(reply.channel))
        if not adapter.capabilities.can_be_asked:
            return _reply_unknown(reply, "Cut off while sending; this service cannot be asked.")
        vendor_id = adapter.find(
            to=reply.address, body=reply.body, since=reply.inbound.at, others=_known_ids(reply.address)
        )
    except (NoConnectionError, ConnectorError) as failure:
        if _may_pass(reply, failure, now):
            return None
        return _reply_unknown(reply, f"Nobody would say whether it left: {failure}")
    if vendor_id:
        own.update(state=State.SENT, sent_at=reply.sending_since, vendor_id=vendor_id, sending_since=None)
        return State.SENT
    if not own.update(state=State.WAITING, sending_since=None, due_at=now):
        return None
    nudge("send_message", reply.public_id)
    return State.WAITING
