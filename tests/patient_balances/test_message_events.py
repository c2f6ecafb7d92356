from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apps.connectors.models import Transmission
from apps.connectors.ports.errors import OutageError
from apps.intake.models import Consent
from apps.intake.services.receive_consents import IN_THE_EHR
from apps.patient_balances.models import Balance, InboundMessage, Message, Reply, UnreachableAddress
from apps.patient_balances.services import (
    Received,
    RecoveredMessages,
    answer_inbound,
    plan_messages,
    receive_message_event,
    recover_messages,
    send_message,
)
from apps.worklist.models import WorkItem
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import BalanceFactory, MessageFactory
from tests.factories.practice import UserFactory
from tests.locks import elsewhere
from tests.patient_balances.outside import CALLBACK, KilledError, World, inbound_text, missed_call, status_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
State = Message.State
Arrived = Callable[..., str]
NUMBER = "+15125550001"


@pytest.fixture
def balance(db: None) -> Balance:
    """Owed by a patient who agreed to texts at NUMBER, and to mail."""
    balance: Balance = BalanceFactory()
    balance.patient.phone = NUMBER
    balance.patient.save()
    ConsentFactory(patient=balance.patient)
    ConsentFactory(patient=balance.patient, channel=Consent.Channel.EMAIL, address=balance.patient.email)
    return balance


@pytest.fixture
def sent(balance: Balance, now: datetime) -> Message:
    plan_messages(now=now)
    message = Message.objects.get()
    send_message(message_id=message.public_id, now=now)
    return message


def fresh(message: Message) -> Message:
    return Message.objects.select_related("balance").get(pk=message.pk)


# ------------------------------------------------------------ what became of it


def test_a_delivery_report_is_kept(sent: Message, arrived: Arrived, now: datetime) -> None:
    event = arrived(status_report("SM1", "delivered"))
    assert receive_message_event(transmission_id=event, now=now) is Received.DONE
    assert fresh(sent).state == State.DELIVERED
    assert Transmission.objects.get(public_id=event).state == Transmission.State.PROCESSED


def test_a_report_read_twice_changes_nothing_more(sent: Message, arrived: Arrived, now: datetime) -> None:
    event = arrived(status_report("SM1", "delivered"))
    receive_message_event(transmission_id=event, now=now)
    assert receive_message_event(transmission_id=event, now=now) is Received.KNOWN


def test_a_late_sent_does_not_undo_a_delivered(sent: Message, arrived: Arrived, now: datetime) -> None:
    for status in ("delivered", "sent"):
        receive_message_event(transmission_id=arrived(status_report("SM1", status)), now=now)
    assert fresh(sent).state == State.DELIVERED


@pytest.mark.long
def test_an_undelivered_text_goes_by_mail_and_the_number_is_remembered(
    sent: Message, arrived: Arrived, world: World, now: datetime
) -> None:
    receive_message_event(transmission_id=arrived(status_report("SM1", "undelivered", error="30006")), now=now)
    message = fresh(sent)
    assert (message.channel, message.state, message.sent_at) == ("email", State.WAITING, None)
    assert message.balance.first_notice_at is None
    assert UnreachableAddress.objects.get().address == NUMBER
    send_message(message_id=message.public_id, now=now + timedelta(minutes=1))
    assert len(world.mails) == 1
    assert fresh(sent).balance.first_notice_at == now + timedelta(minutes=1)


@pytest.mark.long
def test_a_late_report_on_the_text_is_not_read_as_about_the_mail(
    sent: Message, arrived: Arrived, now: datetime
) -> None:
    receive_message_event(transmission_id=arrived(status_report("SM1", "undelivered")), now=now)
    send_message(message_id=sent.public_id, now=now)
    late = arrived(status_report("SM1", "failed", url=f"{CALLBACK}?m={sent.public_id}"))
    assert receive_message_event(transmission_id=late, now=now) is Received.NOT_OURS
    assert fresh(sent).state == State.SENT


def test_a_report_settles_a_message_whose_sender_was_killed(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    plan_messages(now=now)
    message = Message.objects.get()
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=message.public_id, now=now)
    report = arrived(status_report("SM1", "delivered", url=world.texts[0].status_url))
    receive_message_event(transmission_id=report, now=now)
    assert (fresh(message).state, fresh(message).vendor_id) == (State.DELIVERED, "SM1")
    assert fresh(message).balance.first_notice_at == now


def test_an_opt_out_reported_by_the_vendor_ends_consent(sent: Message, arrived: Arrived, now: datetime) -> None:
    receive_message_event(transmission_id=arrived(status_report("SM1", "failed", error="21610")), now=now)
    assert Consent.objects.get(revoked_at=None).channel == "email"
    assert not UnreachableAddress.objects.exists()
    assert fresh(sent).channel == "email"


def test_a_report_on_nothing_of_ours_is_put_aside(arrived: Arrived, now: datetime) -> None:
    event = arrived(status_report("SM9", "delivered"))
    assert receive_message_event(transmission_id=event, now=now) is Received.NOT_OURS


def test_a_delivery_that_cannot_be_read_is_marked_as_such(arrived: Arrived, now: datetime) -> None:
    event = arrived(b"POST https://x.example.com/ HTTP/1.1\r\n\r\nnothing")
    assert receive_message_event(transmission_id=event, now=now) is Received.UNREADABLE
    assert Transmission.objects.get(public_id=event).state == Transmission.State.FAILED


# ----------------------------------------------------------- what a patient writes


def write(arrived: Arrived, text: str, now: datetime, *, sid: str = "SM50", sender: str = NUMBER) -> InboundMessage:
    receive_message_event(transmission_id=arrived(inbound_text(sid, sender, text)), now=now)
    return InboundMessage.objects.get(vendor_key=sid)


def test_stop_ends_all_texts_at_once_also_a_queued_one(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    plan_messages(now=now)
    write(arrived, "STOP", now)
    consent = Consent.objects.get(channel="sms")
    assert (consent.revoked_at, consent.revoked_by_text) == (now, "STOP")
    message = Message.objects.get()
    assert (message.channel, message.state) == ("email", State.WAITING)
    assert not Reply.objects.exists()


def test_stop_holds_for_everyone_at_that_number(balance: Balance, arrived: Arrived, now: datetime) -> None:
    ConsentFactory(address=NUMBER)
    write(arrived, "Unsubscribe", now)
    assert not Consent.objects.filter(channel="sms", revoked_at=None).exists()


def test_start_begins_again(balance: Balance, arrived: Arrived, now: datetime) -> None:
    write(arrived, "STOP", now)
    write(arrived, "start", now, sid="SM51")
    consent = Consent.objects.get(channel="sms", revoked_at=None)
    assert (consent.address, consent.given_on.isoformat(), consent.source) == (NUMBER, "2026-09-16", "text message")


def test_start_from_one_who_never_agreed_gives_no_consent(arrived: Arrived, now: datetime) -> None:
    write(arrived, "START", now)
    assert not Consent.objects.exists()


def test_start_gives_back_nothing_that_ended_because_somebody_else_has_the_number(
    balance: Balance, arrived: Arrived, now: datetime
) -> None:
    write(arrived, "STOP", now)
    write(arrived, "START", now, sid="SM51")
    write(arrived, "Wrong number", now + timedelta(minutes=1), sid="SM52")
    write(arrived, "START", now + timedelta(minutes=2), sid="SM53")
    assert not Consent.objects.filter(channel="sms", revoked_at=None).exists()


def test_start_gives_back_nothing_that_was_withdrawn_in_the_ehr(
    balance: Balance, arrived: Arrived, now: datetime
) -> None:
    Consent.objects.filter(channel="sms").update(revoked_at=now, revoked_by_text=IN_THE_EHR)
    write(arrived, "START", now)
    assert not Consent.objects.filter(channel="sms", revoked_at=None).exists()


def test_help_is_answered_once(balance: Balance, arrived: Arrived, world: World, now: datetime) -> None:
    write(arrived, "HELP", now)
    reply = Reply.objects.get()
    send_message(message_id=reply.public_id, now=now)
    send_message(message_id=reply.public_id, now=now)
    assert [text.body for text in world.texts] == [
        "Pecan Row: messages about your balance. Call 512-555-0111. STOP to end"
    ]
    reply.refresh_from_db()
    assert reply.state == State.SENT


@pytest.mark.parametrize("text", ["please stop texting me", "What is this for?"])
def test_what_needs_reading_pauses_until_a_person_has_read_it(
    text: str, balance: Balance, arrived: Arrived, now: datetime
) -> None:
    inbound = write(arrived, text, now)
    assert inbound.patient == balance.patient
    assert inbound.work_item
    assert (inbound.work_item.owner_role, inbound.work_item.url_name) == ("front_desk", "balances:inbound")
    assert plan_messages(now=now).planned == 0
    answer_inbound(inbound_id=inbound.public_id, stop_texts=False, acting_user=UserFactory(), now=now)
    assert plan_messages(now=now).planned == 1
    inbound.work_item.refresh_from_db()
    assert inbound.work_item.state == WorkItem.State.DONE


def test_a_person_may_read_it_as_stop(balance: Balance, arrived: Arrived, now: datetime) -> None:
    inbound = write(arrived, "please stop texting me", now)
    answer_inbound(inbound_id=inbound.public_id, stop_texts=True, acting_user=UserFactory(), now=now)
    assert Consent.objects.get(channel="sms").revoked_by_text == "please stop texting me"


def test_a_wrong_number_is_never_written_to_again(balance: Balance, arrived: Arrived, now: datetime) -> None:
    inbound = write(arrived, "Wrong number!", now)
    assert inbound.work_item
    assert UnreachableAddress.objects.get().address == NUMBER
    assert plan_messages(now=now).planned == 1
    assert Message.objects.get().channel == "email"


def test_the_same_text_delivered_twice_is_one(balance: Balance, arrived: Arrived, now: datetime) -> None:
    write(arrived, "What is this for?", now)
    write(arrived, "What is this for?", now)
    assert WorkItem.objects.count() == 1


def test_a_stranger_is_read_by_a_person_too(arrived: Arrived, now: datetime) -> None:
    inbound = write(arrived, "Hello?", now, sender="+12125550177")
    assert inbound.patient is None
    assert inbound.work_item


# ----------------------------------------------------------------- missed calls


def call(arrived: Arrived, now: datetime, *, sid: str = "CA1") -> None:
    receive_message_event(transmission_id=arrived(missed_call(sid, NUMBER), at=now), now=now)


def test_a_missed_call_is_a_task_and_one_text_back(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    call(arrived, now)
    inbound = InboundMessage.objects.get()
    assert inbound.patient == balance.patient
    assert inbound.work_item
    assert inbound.work_item.due_at == now + timedelta(hours=4)
    send_message(message_id=Reply.objects.get().public_id, now=now)
    assert len(world.texts) == 1


def test_calling_again_within_a_day_gets_no_second_text_and_no_second_task(
    balance: Balance, arrived: Arrived, now: datetime
) -> None:
    call(arrived, now)
    call(arrived, now + timedelta(hours=3), sid="CA2")
    assert (Reply.objects.count(), WorkItem.objects.count()) == (1, 1)


def test_a_caller_who_never_agreed_to_texts_is_called_back_only(arrived: Arrived, now: datetime) -> None:
    call(arrived, now)
    assert (Reply.objects.count(), WorkItem.objects.count()) == (0, 1)


def test_a_call_in_the_night_is_texted_in_the_morning(balance: Balance, arrived: Arrived, world: World) -> None:
    night, morning = datetime(2026, 9, 17, 3, 0, tzinfo=UTC), datetime(2026, 9, 17, 14, 0, tzinfo=UTC)
    call(arrived, night)
    reply = Reply.objects.get()
    assert reply.due_at == morning
    send_message(message_id=reply.public_id, now=night)
    assert world.texts == []
    send_message(message_id=reply.public_id, now=morning)
    assert len(world.texts) == 1


@pytest.mark.usefixtures("balance")
@pytest.mark.parametrize(("age", "state"), [(20, State.SENT), (21, State.CANCELLED)])
def test_a_call_of_long_ago_is_called_back_but_not_texted(
    age: int, state: str, arrived: Arrived, world: World, now: datetime
) -> None:
    event = arrived(missed_call("CA1", NUMBER), at=now - timedelta(hours=age))
    receive_message_event(transmission_id=event, now=now)
    send_message(message_id=Reply.objects.get().public_id, now=now)
    reply, left = Reply.objects.get(), state == State.SENT
    assert (reply.state, reply.problem) == (state, "" if left else "It could not leave in time.")
    assert len(world.texts) == left
    assert WorkItem.objects.get().state == WorkItem.State.OPEN


def test_a_text_back_of_an_opted_out_caller_does_not_leave(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    call(arrived, now)
    write(arrived, "STOP", now)
    send_message(message_id=Reply.objects.get().public_id, now=now)
    assert world.texts == []


def killed_once_it_left(arrived: Arrived, world: World, now: datetime) -> None:
    """A text back that the phone company took and nobody here heard of."""
    call(arrived, now)
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=Reply.objects.get().public_id, now=now)


def test_a_text_back_killed_in_mid_air_is_not_repeated(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    killed_once_it_left(arrived, world, now)
    assert recover_messages(now=now + timedelta(minutes=6)) == RecoveredMessages(sent=1)
    reply = Reply.objects.get()
    assert (reply.state, reply.vendor_id, reply.sent_at) == (State.SENT, "SM1", now)
    assert len(world.texts) == 1


def test_a_text_back_killed_before_it_left_leaves_once(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    call(arrived, now)
    reply, later = Reply.objects.get(), now + timedelta(minutes=6)
    world.failure = KilledError()
    with pytest.raises(KilledError):
        send_message(message_id=reply.public_id, now=now)
    assert recover_messages(now=later) == RecoveredMessages(waiting=1)
    send_message(message_id=reply.public_id, now=later)
    assert len(world.texts) == 1


def test_a_text_back_that_nobody_can_be_asked_about_for_a_day_is_unknown(
    balance: Balance, arrived: Arrived, world: World, now: datetime
) -> None:
    killed_once_it_left(arrived, world, now)
    for later, state in ((timedelta(hours=1), State.SENDING), (timedelta(days=1), State.UNKNOWN)):
        world.failure = OutageError("away")
        recover_messages(now=now + later)
        assert Reply.objects.get().state == state


def test_a_reports_on_a_text_back_is_kept(balance: Balance, arrived: Arrived, world: World, now: datetime) -> None:
    call(arrived, now)
    send_message(message_id=Reply.objects.get().public_id, now=now)
    receive_message_event(transmission_id=arrived(status_report("SM1", "delivered")), now=now)
    assert Reply.objects.get().state == State.DELIVERED


def test_a_message_that_was_cancelled_is_not_revived_by_a_report(
    balance: Balance, arrived: Arrived, now: datetime
) -> None:
    message = MessageFactory(balance=balance, state=State.CANCELLED, vendor_id="SM7")
    receive_message_event(transmission_id=arrived(status_report("SM7", "failed")), now=now)
    assert fresh(message).state == State.CANCELLED


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_calls_read_at_the_same_moment_get_one_text_back(balance: Balance, arrived: Arrived, now: datetime) -> None:
    events = [arrived(missed_call(sid, NUMBER)) for sid in ("CA1", "CA2")]
    with transaction.atomic():
        receive_message_event(transmission_id=events[0], now=now)
        second = elsewhere(lambda: receive_message_event(transmission_id=events[1], now=now))
        assert not second.done()
    second.result()
    assert (Reply.objects.count(), WorkItem.objects.count()) == (1, 1)


def test_calls_count_from_when_they_came_not_from_when_they_were_read(
    balance: Balance, arrived: Arrived, now: datetime
) -> None:
    moments = (now - timedelta(hours=30), now)
    events = [arrived(missed_call(f"CA{n}", NUMBER), at=at) for n, at in enumerate(moments)]
    receive_message_event(transmission_id=events[0], now=now)
    WorkItem.objects.update(state=WorkItem.State.DONE)
    receive_message_event(transmission_id=events[1], now=now)
    assert list(InboundMessage.objects.order_by("at").values_list("at", flat=True)) == list(moments)
    assert Reply.objects.count() == 2
