"""A stop or a payment that nobody has read yet holds what is queued, until it is read (DOMAIN 6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from twilio.request_validator import RequestValidator

from apps.automations.tasks import run_step
from apps.connectors.models import Transmission
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services import Sending, plan_messages, receive_message_event, send_message
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import BalanceFactory
from tests.patient_balances.outside import World, inbound_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
Arrived = Callable[..., str]
MINUTE = timedelta(minutes=1)
FORM = "application/x-www-form-urlencoded"
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


def call_back(fields: dict[str, str]) -> Transmission:
    """The phone company's signed callback, taken in at the door and read by nobody yet."""
    path = "/webhooks/messages/"
    signed = RequestValidator("secret").compute_signature(settings.PUBLIC_URL + path, fields)
    assert Client().post(path, urlencode(fields), FORM, headers={"x-twilio-signature": signed}).status_code == 204
    return Transmission.objects.latest("pk")


@pytest.mark.long
@pytest.mark.usefixtures("frozen")
def test_an_unread_report_on_one_message_holds_no_other(planned: Message, world: World, now: datetime) -> None:
    other = BalanceFactory()
    ConsentFactory(patient=other.patient, address="+15125550002")
    plan_messages(now=now)
    first, second = Message.objects.order_by("pk")
    send_message(message_id=first.public_id, now=now)
    report = call_back({"MessageSid": "SM1", "MessageStatus": "delivered", "To": first.address})
    assert (report.kind, report.state) == ("webhook.reports", Transmission.State.STORED)
    assert send_message(message_id=second.public_id, now=now) is Sending.SENT
    assert len(world.texts) == 2


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": "SM50", "From": "+15125550001", "Body": "STOP"},
        {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610", "To": "+15125550001"},
    ],
)
def test_what_a_patient_wrote_and_an_opt_out_hold(planned: Message, fields: dict[str, str], now: datetime) -> None:
    assert call_back(fields).kind == "webhook.messages"
    assert send_message(message_id=planned.public_id, now=now) is Sending.POSTPONED


@pytest.mark.django_db(transaction=True)
def test_what_was_held_leaves_as_soon_as_the_last_delivery_is_read(
    planned: Message, arrived: Arrived, nudges: list[tuple[str, str]], world: World, now: datetime
) -> None:
    events = [arrived(inbound_text(sid, "+15125559999", "START"), at=now) for sid in ("SM50", "SM51")]
    run_step("send_message", planned.public_id, now=now)
    asked = [("send_message", planned.public_id)]
    nudges.clear()
    run_step("receive_message_event", events[0], now=now)
    assert nudges == []
    run_step("receive_message_event", events[1], now=now)
    assert nudges == asked
    run_step("send_message", planned.public_id, now=now)
    assert len(world.texts) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_held_is_looked_at_again_in_a_minute(
    planned: Message, arrived: Arrived, nudges_ahead: list[tuple[str, str, float]], now: datetime
) -> None:
    arrived(STOP, at=now)
    send_message(message_id=planned.public_id, now=now)
    assert nudges_ahead == [("send_message", planned.public_id, 61.0)]
