"""Each point at which sending may break off, and that no break sends twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.connectors.ports.errors import (
    AddressRefusedError,
    ConnectorError,
    OptedOutError,
    OutageError,
    RefusedError,
    SignInRefusedError,
    UncertainError,
)
from apps.intake.models import Consent
from apps.patient_balances.models import Balance, Message, Reply
from apps.patient_balances.services import (
    NotUnknownError,
    RecoveredMessages,
    Sending,
    plan_messages,
    recover_messages,
    resolve_unknown_message,
    revoke_consent,
    send_message,
    stop_balance,
)
from apps.practice.models import Practice, VendorAgreement
from apps.worklist.models import WorkItem
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import BalanceFactory, InboundMessageFactory, post_cash
from tests.factories.practice import UserFactory
from tests.patient_balances.opening import open_balances
from tests.patient_balances.outside import KilledError, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
State = Message.State
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail(practice: Practice, now: datetime) -> Message:
    balance = BalanceFactory()
    ConsentFactory(patient=balance.patient, channel=Consent.Channel.EMAIL, address=balance.patient.email)
    plan_messages(now=now)
    return Message.objects.get()


def fresh(message: Message) -> Message:
    return Message.objects.select_related("balance", "link", "work_item").get(pk=message.pk)


def test_a_message_leaves_whole_and_its_token_is_forgotten(planned: Message, world: World, now: datetime) -> None:
    assert planned.link
    token = bytes(planned.link.sealed_token or b"").decode()
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
    (text,) = world.texts
    assert text.to == planned.address
    assert text.body == planned.body.replace("********", token)
    assert text.reference == planned.public_id
    assert text.status_url == f"http://127.0.0.1:8000/webhooks/messages/?m={planned.public_id}"
    message = fresh(planned)
    assert (message.state, message.vendor_id, message.sent_at) == (State.SENT, "SM1", now)
    assert message.link
    assert message.link.sealed_token is None
    assert message.balance.first_notice_at == now


def test_a_second_order_to_send_sends_nothing(planned: Message, world: World, now: datetime) -> None:
    send_message(message_id=planned.public_id, now=now)
    assert send_message(message_id=planned.public_id, now=now) is Sending.NOT_TAKEN
    assert len(world.texts) == 1


@pytest.mark.long
def test_a_message_for_several_balances_tells_each_of_them(planned: Message, now: datetime) -> None:
    other = BalanceFactory(claim_fields={"encounter__patient": planned.balance.patient})
    joined = Message.objects.create(
        balance=other, touch="day_0", words="day_0", channel="sms", state=State.JOINED, due_at=now, sent_with=planned
    )
    send_message(message_id=planned.public_id, now=now)
    other.refresh_from_db()
    assert other.first_notice_at == now
    assert fresh(joined).sent_at == now


def test_killed_after_the_vendor_took_it_the_vendor_is_asked(planned: Message, world: World, now: datetime) -> None:
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=planned.public_id, now=now)
    assert fresh(planned).state == State.SENDING
    assert recover_messages(now=now + 4 * MINUTE) == RecoveredMessages()
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages(sent=1)
    message = fresh(planned)
    assert (message.state, message.vendor_id, message.sent_at) == (State.SENT, "SM1", now)
    assert len(world.texts) == 1


def test_killed_before_the_vendor_took_it_it_is_sent_once_more(planned: Message, world: World, now: datetime) -> None:
    world.failure = KilledError()
    with pytest.raises(KilledError):
        send_message(message_id=planned.public_id, now=now)
    later = now + 5 * MINUTE
    assert recover_messages(now=later) == RecoveredMessages(waiting=1)
    assert send_message(message_id=planned.public_id, now=later) is Sending.SENT
    assert len(world.texts) == 1


def test_a_vendor_that_is_away_during_recovery_is_asked_next_time(
    planned: Message, world: World, now: datetime
) -> None:
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=planned.public_id, now=now)
    world.failure = OutageError("away")
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages()
    assert recover_messages(now=now + 6 * MINUTE) == RecoveredMessages(sent=1)


def test_a_cut_off_text_is_asked_for_rather_than_repeated(planned: Message, world: World, now: datetime) -> None:
    world.failure = UncertainError("cut off")
    assert send_message(message_id=planned.public_id, now=now) is Sending.UNCERTAIN
    assert fresh(planned).state == State.SENDING
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages(waiting=1)


def test_a_cut_off_mail_is_unknown_and_a_persons(mail: Message, world: World, now: datetime) -> None:
    world.failure = UncertainError("cut off")
    assert send_message(message_id=mail.public_id, now=now) is Sending.UNCERTAIN
    message = fresh(mail)
    assert message.state == State.UNKNOWN
    assert message.work_item
    assert message.work_item.kind == "message_unknown"
    assert recover_messages(now=now + 60 * MINUTE) == RecoveredMessages()


def test_a_mail_killed_in_mid_air_becomes_unknown(mail: Message, world: World, now: datetime) -> None:
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=mail.public_id, now=now)
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages(unknown=1)
    assert fresh(mail).work_item


def test_a_person_who_found_it_sent_settles_it(mail: Message, world: World, now: datetime) -> None:
    world.failure = UncertainError("cut off")
    send_message(message_id=mail.public_id, now=now)
    user = UserFactory()
    resolve_unknown_message(message_id=mail.public_id, was_sent=True, acting_user=user, now=now + MINUTE)
    message = fresh(mail)
    assert (message.state, message.sent_at) == (State.SENT, now)
    assert message.work_item
    assert (message.work_item.state, message.work_item.closed_by) == (WorkItem.State.DONE, user)
    with pytest.raises(NotUnknownError):
        resolve_unknown_message(message_id=mail.public_id, was_sent=False, acting_user=user, now=now)


def test_a_person_who_found_it_not_sent_has_it_sent(mail: Message, world: World, now: datetime) -> None:
    world.failure = UncertainError("cut off")
    send_message(message_id=mail.public_id, now=now)
    resolve_unknown_message(message_id=mail.public_id, was_sent=False, acting_user=UserFactory(), now=now)
    assert send_message(message_id=mail.public_id, now=now) is Sending.SENT
    assert len(world.mails) == 1
    assert world.mails[0].subject == "You have a balance with Pecan Row"


def test_after_an_outage_it_waits_longer_each_time(planned: Message, world: World, now: datetime) -> None:
    waits = []
    for _ in range(4):
        world.failure = OutageError("away")
        due = fresh(planned).due_at
        with pytest.raises(OutageError):
            send_message(message_id=planned.public_id, now=due)
        waits.append((fresh(planned).due_at - due) // MINUTE)
    assert waits == [5, 15, 60, 60]
    assert fresh(planned).state == State.WAITING
    assert world.texts == []


def test_a_refusal_of_us_keeps_the_message_for_later(planned: Message, world: World, now: datetime) -> None:
    world.failure = RefusedError("The token is wrong.")
    with pytest.raises(RefusedError):
        send_message(message_id=planned.public_id, now=now)
    assert fresh(planned).state == State.WAITING


@pytest.mark.long
def test_a_number_that_cannot_be_texted_gets_a_mail(planned: Message, world: World, now: datetime) -> None:
    world.failure = AddressRefusedError("A landline.")
    assert send_message(message_id=planned.public_id, now=now) is Sending.REROUTED
    message = fresh(planned)
    assert (message.channel, message.state, message.problem) == ("email", State.WAITING, "A landline.")
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
    assert len(world.mails) == 1
    assert Consent.objects.filter(revoked_at=None).count() == 2


def test_an_opt_out_at_the_vendor_ends_the_consent(planned: Message, world: World, now: datetime) -> None:
    world.failure = OptedOutError("Opted out.")
    assert send_message(message_id=planned.public_id, now=now) is Sending.REROUTED
    assert Consent.objects.get(revoked_at=None).channel == "email"
    assert fresh(planned).channel == "email"


def test_with_no_channel_left_it_becomes_a_letter(planned: Message, world: World, now: datetime) -> None:
    Consent.objects.filter(channel="email").delete()
    world.failure = AddressRefusedError("A landline.")
    send_message(message_id=planned.public_id, now=now)
    message = fresh(planned)
    assert (message.channel, message.state) == ("paper", State.TO_MAIL)
    assert message.work_item
    assert message.work_item.kind == "balance_letter"


def assert_stays_silent(planned: Message, world: World, now: datetime, outcome: Sending = Sending.NOT_TAKEN) -> None:
    assert send_message(message_id=planned.public_id, now=now) is outcome
    assert (world.texts, world.mails) == ([], [])


def test_stopped_between_planning_and_sending_nothing_leaves(planned: Message, world: World, now: datetime) -> None:
    stop_balance(balance_id=planned.balance.public_id, reason=Balance.Stop.DISPUTE, acting_user=None, now=now)
    assert_stays_silent(planned, world, now)


def test_a_balance_that_is_no_longer_open_is_not_sent_for_even_if_its_message_waits(
    planned: Message, world: World, now: datetime
) -> None:
    Balance.objects.update(state=Balance.State.PAID)
    assert_stays_silent(planned, world, now)


def test_opted_out_between_planning_and_sending_the_text_goes_another_way(
    planned: Message, world: World, now: datetime
) -> None:
    revoke_consent(channel="sms", address=planned.address, text="STOP", now=now)
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
    assert world.texts == []
    assert len(world.mails) == 1


def test_a_reply_that_nobody_has_read_holds_what_was_planned(planned: Message, world: World, now: datetime) -> None:
    InboundMessageFactory(address=planned.address)
    assert_stays_silent(planned, world, now)


def test_a_message_delayed_past_the_evening_waits_for_the_morning(planned: Message, world: World) -> None:
    evening = datetime(2026, 9, 17, 1, 30, tzinfo=UTC)
    assert_stays_silent(planned, world, evening, Sending.POSTPONED)
    assert fresh(planned).due_at == datetime(2026, 9, 17, 14, 0, tzinfo=UTC)


def test_an_agreement_that_ended_meanwhile_holds_the_message(planned: Message, world: World, now: datetime) -> None:
    VendorAgreement.objects.filter(vendor="twilio").delete()
    assert_stays_silent(planned, world, now, Sending.POSTPONED)
    assert fresh(planned).state == State.WAITING


def test_a_carrier_whose_balance_is_paid_hands_its_message_on(planned: Message, world: World, now: datetime) -> None:
    other = BalanceFactory(claim_fields={"encounter__patient": planned.balance.patient})
    joined = Message.objects.create(
        balance=other, touch="day_0", words="day_0", channel="sms", state=State.JOINED, due_at=now, sent_with=planned
    )
    stop_balance(balance_id=planned.balance.public_id, reason=Balance.Stop.HOLD, acting_user=None, now=now)
    assert fresh(planned).state == State.CANCELLED
    assert send_message(message_id=joined.public_id, now=now) is Sending.SENT
    assert len(world.texts) == 1


def test_nothing_is_sent_for_an_unknown_name(world: World, now: datetime) -> None:
    assert send_message(message_id="nothing", now=now) is Sending.NOT_TAKEN


def test_cash_at_the_desk_silences_what_was_planned(planned: Message, world: World, now: datetime) -> None:
    post_cash(planned.balance, "64.20", key="desk")
    open_balances(now=now)
    assert_stays_silent(planned, world, now)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_sends(planned: Message, world: World, now: datetime) -> None:
    def send(_number: int) -> Sending:
        try:
            return send_message(message_id=planned.public_id, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        outcomes = list(workers.map(send, range(8)))
    assert (outcomes.count(Sending.SENT), outcomes.count(Sending.NOT_TAKEN)) == (1, 7)
    assert len(world.texts) == 1


@pytest.mark.parametrize("failure", [RefusedError("no access"), UncertainError("cut off"), ConnectorError("odd")])
def test_a_vendor_that_will_not_say_leaves_the_message_to_a_person(
    failure: ConnectorError, planned: Message, world: World, now: datetime
) -> None:
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=planned.public_id, now=now)
    world.failure = failure
    assert recover_messages(now=now + 5 * MINUTE) == RecoveredMessages(unknown=1)
    message = fresh(planned)
    assert message.work_item
    assert (message.state, message.work_item.kind) == (State.UNKNOWN, "message_unknown")


def test_a_vendor_that_is_away_for_a_day_leaves_the_message_to_a_person(
    planned: Message, world: World, now: datetime
) -> None:
    world.dies = True
    with pytest.raises(KilledError):
        send_message(message_id=planned.public_id, now=now)
    world.failure = OutageError("away")
    assert recover_messages(now=now + timedelta(days=1)) == RecoveredMessages(unknown=1)


def test_a_consent_that_ended_outside_this_room_sends_the_waiting_text_by_mail(
    planned: Message, world: World, now: datetime
) -> None:
    Consent.objects.filter(channel="sms").update(revoked_at=now)
    assert send_message(message_id=planned.public_id, now=now) is Sending.REROUTED
    assert (fresh(planned).channel, fresh(planned).state) == ("email", State.WAITING)
    assert world.texts == []


def test_the_next_plan_finds_what_waits_without_a_consent(planned: Message, now: datetime) -> None:
    Consent.objects.update(revoked_at=now)
    plan_messages(now=now)
    message = fresh(planned)
    assert (message.channel, message.state) == ("paper", State.TO_MAIL)
    assert message.work_item


def test_an_opt_out_takes_a_waiting_reply_back(planned: Message, now: datetime) -> None:
    inbound = InboundMessageFactory(address=planned.address, pauses=False)
    reply = Reply.objects.create(inbound=inbound, channel="sms", address=planned.address, body="Help", due_at=now)
    revoke_consent(channel="sms", address=planned.address, text="STOP", now=now)
    reply.refresh_from_db()
    assert reply.state == Reply.State.CANCELLED


def test_a_row_that_carries_a_vendors_id_is_not_sent(planned: Message, world: World, now: datetime) -> None:
    Message.objects.update(vendor_id="SM7")
    assert_stays_silent(planned, world, now)


@pytest.mark.django_db(transaction=True)
def test_after_a_short_outage_it_is_not_left_to_the_sweep(
    planned: Message, world: World, now: datetime, nudges_ahead: list[tuple[str, str, float]]
) -> None:
    for _ in range(3):
        world.failure = OutageError("away")
        with pytest.raises(OutageError):
            send_message(message_id=planned.public_id, now=fresh(planned).due_at)
    assert nudges_ahead == [("send_message", planned.public_id, seconds) for seconds in (301.0, 901.0)]


@pytest.mark.django_db(transaction=True)
def test_after_an_outage_a_text_back_is_not_left_to_the_sweep(
    text_back: Reply, world: World, now: datetime, nudges_ahead: list[tuple[str, str, float]]
) -> None:
    world.failure = OutageError("away")
    with pytest.raises(OutageError):
        send_message(message_id=text_back.public_id, now=now)
    assert nudges_ahead == [("send_message", text_back.public_id, 901.0)]


def test_a_refused_sign_in_is_tried_by_one_message_and_not_by_the_others(
    planned: Message, world: World, now: datetime
) -> None:
    world.failure = SignInRefusedError("The token is wrong.")
    with pytest.raises(SignInRefusedError):
        send_message(message_id=planned.public_id, now=now)
    assert fresh(planned).state == State.WAITING
    due = fresh(planned).due_at
    assert send_message(message_id=planned.public_id, now=due) is Sending.POSTPONED
    assert (fresh(planned).state, fresh(planned).due_at) == (State.WAITING, due)
    assert [item.owner_role for item in WorkItem.objects.filter(kind="sign_in_refused")] == ["administrator"]
