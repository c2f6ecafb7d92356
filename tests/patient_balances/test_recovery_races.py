"""Two who look after the same cut-off send: each settles only the sending that it asked about, and the text leaves once."""

from datetime import datetime, timedelta

import pytest

from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services import RecoveredMessages, Sending, recover_messages, send_message
from tests.factories.patient_balances import InboundMessageFactory
from tests.patient_balances.outside import KilledError, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
State = Message.State
MINUTE = timedelta(minutes=1)


def in_mid_air(message_id: str, world: World, now: datetime, *, arrived: bool) -> None:
    """A sending that was cut off: with the phone company, or before it got there."""
    world.dies, world.failure = arrived, None if arrived else KilledError()
    with pytest.raises(KilledError):
        send_message(message_id=message_id, now=now)


@pytest.mark.parametrize("kind", ["planned", "text_back"])
def test_a_recoverer_who_asked_about_an_earlier_sending_leaves_the_present_one_alone(
    kind: str, request: pytest.FixtureRequest, world: World, now: datetime
) -> None:
    row: Message | Reply = request.getfixturevalue(kind)
    later = now + 5 * MINUTE

    def another_recoverer() -> None:
        assert recover_messages(now=later) == RecoveredMessages(waiting=1)
        in_mid_air(row.public_id, world, later, arrived=True)

    in_mid_air(row.public_id, world, now, arrived=False)
    world.meanwhile = another_recoverer
    assert recover_messages(now=later) == RecoveredMessages()
    row.refresh_from_db()
    assert (row.state, row.sending_since) == (State.SENDING, later)
    assert send_message(message_id=row.public_id, now=later) is Sending.NOT_TAKEN
    assert len(world.texts) == 1


@pytest.mark.parametrize("kind", ["planned", "text_back"])
def test_a_text_put_back_during_a_slow_call_is_sent_once_the_call_says_so(
    kind: str, request: pytest.FixtureRequest, world: World, now: datetime
) -> None:
    row: Message | Reply = request.getfixturevalue(kind)
    rows = type(row)._default_manager.filter(pk=row.pk)
    world.meanwhile = lambda: rows.update(state=State.WAITING, sending_since=None, due_at=now)
    assert send_message(message_id=row.public_id, now=now) is Sending.SENT
    row.refresh_from_db()
    assert (row.state, row.vendor_id) == (State.SENT, "SM1")
    assert send_message(message_id=row.public_id, now=now + MINUTE) is Sending.NOT_TAKEN
    assert len(world.texts) == 1


def another_text_back(reply: Reply, at: datetime) -> Reply:
    inbound = InboundMessageFactory(address=reply.address, pauses=False, at=at)
    again: Reply = Reply.objects.create(
        inbound=inbound, channel="sms", address=reply.address, body=reply.body, due_at=at
    )
    return again


def test_an_older_text_back_with_the_same_words_does_not_stand_for_this_one(
    text_back: Reply, world: World, now: datetime
) -> None:
    """Of the first the vendor's id was never learned, so only its moment tells the two apart."""
    in_mid_air(text_back.public_id, world, now, arrived=True)
    Reply.objects.update(state=State.UNKNOWN)
    later = now + timedelta(hours=30)
    second = another_text_back(text_back, later)
    in_mid_air(second.public_id, world, later, arrived=False)
    assert recover_messages(now=later + 5 * MINUTE) == RecoveredMessages(waiting=1)
    assert send_message(message_id=second.public_id, now=later + 5 * MINUTE) is Sending.SENT
    assert len(world.texts) == 2


def test_a_text_that_another_row_has_does_not_stand_for_this_one(text_back: Reply, world: World, now: datetime) -> None:
    """Both were asked for before the first left, as in a night."""
    second = another_text_back(text_back, now)
    send_message(message_id=text_back.public_id, now=now)
    in_mid_air(second.public_id, world, now, arrived=False)
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages(waiting=1)
    second.refresh_from_db()
    assert (second.state, second.vendor_id) == (State.WAITING, "")


def test_a_text_back_that_turns_up_after_it_was_put_back_is_still_its_own(
    text_back: Reply, world: World, now: datetime
) -> None:
    """The first sending left and was not listed yet when asked about; the second was cut off before it left."""
    in_mid_air(text_back.public_id, world, now, arrived=True)
    Reply.objects.update(state=State.WAITING, sending_since=None)
    in_mid_air(text_back.public_id, world, now + 5 * MINUTE, arrived=False)
    assert recover_messages(now=now + 10 * MINUTE) == RecoveredMessages(sent=1)
    assert len(world.texts) == 1
