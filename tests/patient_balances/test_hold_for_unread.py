"""A stop or a payment that nobody has read yet holds what is queued, until it is read (DOMAIN 6)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services import Sending, receive_message_event, send_message
from tests.patient_balances.outside import World, inbound_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
Arrived = Callable[..., str]
MINUTE = timedelta(minutes=1)
STOP = inbound_text("SM50", "+15125550001", "STOP")


@pytest.mark.parametrize("room", ["messages", "payments"])
def test_what_nobody_has_read_yet_holds_a_queued_message(
    room: str, planned: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    arrived(STOP, room, at=now)
    assert send_message(message_id=planned.public_id, now=now) is Sending.POSTPONED
    planned.refresh_from_db()
    assert (planned.state, planned.due_at, world.texts) == (Message.State.WAITING, now + MINUTE, [])


def test_what_nobody_has_read_yet_holds_a_text_back(
    text_back: Reply, arrived: Arrived, world: World, now: datetime
) -> None:
    arrived(STOP, at=now)
    send_message(message_id=text_back.public_id, now=now)
    text_back.refresh_from_db()
    assert (text_back.state, text_back.due_at, world.texts) == (Reply.State.WAITING, now + MINUTE, [])


def test_a_delivery_that_cannot_be_read_holds_nothing(planned: Message, arrived: Arrived, now: datetime) -> None:
    event = arrived(b"POST https://x.example.com/ HTTP/1.1\r\n\r\nnothing", at=now)
    receive_message_event(transmission_id=event, now=now)
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT


def test_a_delivery_at_which_every_reading_fails_does_not_silence_the_practice_for_ever(
    planned: Message, arrived: Arrived, now: datetime
) -> None:
    arrived(STOP, at=now - timedelta(days=1))
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
