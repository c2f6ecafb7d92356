"""Sends that were cut off or put back: each text leaves once, whoever looks after it, and what the vendor says later counts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.intake.models import Consent
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services import (
    Received,
    RecoveredMessages,
    Sending,
    receive_message_event,
    recover_messages,
    send_message,
)
from tests.factories.patient_balances import InboundMessageFactory
from tests.patient_balances.outside import CALLBACK, KilledError, World, status_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
State = Message.State
Arrived = Callable[..., str]
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
    rows = type(row).objects.filter(pk=row.pk)
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


def reported(arrived: Arrived, row: Message | Reply, status: str, now: datetime, *, error: str = "") -> Received:
    event = status_report("SM1", status, error=error, url=f"{CALLBACK}?m={row.public_id}", to=row.address)
    return receive_message_event(transmission_id=arrived(event), now=now)


def put_back(row: Message | Reply, world: World, now: datetime) -> None:
    """It had left; the one who looked after it was told that it had not."""
    in_mid_air(row.public_id, world, now, arrived=True)
    type(row).objects.filter(pk=row.pk).update(state=State.WAITING, sending_since=None, due_at=now)


@pytest.fixture(params=["planned", "text_back"])
def lost(request: pytest.FixtureRequest, world: World, now: datetime) -> Message | Reply:
    row: Message | Reply = request.getfixturevalue(request.param)
    put_back(row, world, now)
    return row


@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_a_report_on_a_text_that_was_put_back_keeps_it_from_leaving_again(
    lost: Message | Reply, status: str, arrived: Arrived, world: World, now: datetime
) -> None:
    assert reported(arrived, lost, status, now) is Received.DONE
    lost.refresh_from_db()
    assert (lost.state, lost.vendor_id, lost.sent_at) == (status, "SM1", now)
    assert send_message(message_id=lost.public_id, now=now + MINUTE) is Sending.NOT_TAKEN
    assert len(world.texts) == 1


def test_a_put_back_text_that_could_not_be_delivered_goes_by_mail(
    planned: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    put_back(planned, world, now)
    assert reported(arrived, planned, "undelivered", now, error="30006") is Received.DONE
    planned.refresh_from_db()
    assert (planned.channel, planned.state) == ("email", State.WAITING)


def test_a_put_back_text_back_that_could_not_be_delivered_is_not_tried_again(
    text_back: Reply, arrived: Arrived, world: World, now: datetime
) -> None:
    put_back(text_back, world, now)
    assert reported(arrived, text_back, "undelivered", now) is Received.DONE
    text_back.refresh_from_db()
    assert (text_back.state, text_back.vendor_id) == (State.FAILED, "SM1")


def test_a_report_on_the_first_of_two_texts_is_shown_and_is_not_about_the_second(
    lost: Message | Reply, arrived: Arrived, world: World, now: datetime
) -> None:
    assert send_message(message_id=lost.public_id, now=now) is Sending.SENT
    for status in ("sent", "delivered"):
        assert reported(arrived, lost, status, now) is Received.STRAY
    assert reported(arrived, lost, "undelivered", now) is Received.STRAY
    lost.refresh_from_db()
    assert (lost.state, lost.vendor_id) == (State.SENT, "SM2")
    assert lost.problem == "It left twice: the phone company had one more text of it."


def test_an_opt_out_told_about_the_first_of_two_texts_counts(
    planned: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    put_back(planned, world, now)
    send_message(message_id=planned.public_id, now=now)
    assert reported(arrived, planned, "failed", now, error="21610") is Received.STRAY
    assert not Consent.objects.filter(channel="sms", revoked_at=None).exists()


def test_a_report_on_a_text_that_was_put_back_and_cancelled_is_shown(
    lost: Message | Reply, arrived: Arrived, world: World, now: datetime
) -> None:
    type(lost).objects.filter(pk=lost.pk).update(state=State.CANCELLED, problem="Paid.")
    assert reported(arrived, lost, "delivered", now) is Received.STRAY
    lost.refresh_from_db()
    assert (lost.state, lost.problem) == (State.CANCELLED, "Paid. It had left all the same.")


def test_a_report_on_a_text_that_a_person_found_sent_is_kept(
    planned: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    put_back(planned, world, now)
    Message.objects.filter(pk=planned.pk).update(state=State.SENT)
    assert reported(arrived, planned, "delivered", now) is Received.DONE
    planned.refresh_from_db()
    assert (planned.state, planned.vendor_id) == (State.DELIVERED, "SM1")


def test_a_report_that_comes_while_its_sender_notes_the_vendors_id_is_about_that_text(
    planned: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    """Between any two questions of the one who reads the report, the sender's transaction may commit."""
    in_mid_air(planned.public_id, world, now, arrived=True)
    noted = Message.objects.filter(pk=planned.pk, state=State.SENDING)

    def the_sender_commits(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and Message._meta.db_table in sql:
            noted.update(state=State.SENT, vendor_id="SM1", sending_since=None)
        return found

    with connection.execute_wrapper(the_sender_commits):
        assert reported(arrived, planned, "delivered", now) is Received.DONE
    planned.refresh_from_db()
    assert (planned.state, planned.vendor_id, planned.problem) == (State.DELIVERED, "SM1", "")
