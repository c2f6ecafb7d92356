from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.connectors.models import Connection
from apps.intake.models import Consent
from apps.patient_balances.models import Balance, Message, UnreachableAddress
from apps.patient_balances.services import PlannedMessages, plan_messages, resume_balance, stop_balance
from apps.practice.models import Practice, VendorAgreement
from apps.worklist.models import WorkItem
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import OPENED_AT, BalanceFactory, InboundMessageFactory, MessageFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
State = Message.State
DAY = timedelta(days=1)


def texted(**fields: object) -> Balance:
    """An open balance whose patient agreed to texts."""
    balance: Balance = BalanceFactory(**fields)
    ConsentFactory(patient=balance.patient)
    return balance


def sent(balance: Balance, touch: Message.Touch, at: datetime) -> Message:
    if balance.first_notice_at is None:
        balance.first_notice_at = at
        balance.save()
    message: Message = MessageFactory(balance=balance, touch=touch, due_at=at)
    return message


def test_the_first_notice_is_written_before_anything_is_sent(practice: Practice, now: datetime) -> None:
    balance = texted()
    planned = plan_messages(now=now)
    message = Message.objects.get()
    assert planned == PlannedMessages((message.public_id,), planned=1)
    assert (message.balance, message.touch, message.state) == (balance, Message.Touch.FIRST, State.WAITING)
    assert (message.channel, message.address) == ("sms", balance.patient.phone)
    assert message.body.startswith("Pecan Row: you have a balance. http://127.0.0.1:8000/pay/********")


def test_the_links_token_is_sealed_until_it_is_sent_and_stands_nowhere_else(practice: Practice, now: datetime) -> None:
    texted()
    plan_messages(now=now)
    message = Message.objects.get()
    assert message.link
    assert message.link.sealed_token
    token = bytes(message.link.sealed_token).decode()
    assert len(token) == 43
    assert token not in message.body
    assert token not in message.link.token_hash
    assert message.link.expires_at == now + 30 * DAY


def test_planning_again_plans_nothing_more(practice: Practice, now: datetime) -> None:
    texted()
    first = plan_messages(now=now)
    assert plan_messages(now=now + timedelta(minutes=10)) == PlannedMessages(first.messages)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 9, 16, 13, 59, tzinfo=UTC),  # 8:59 in Austin
        datetime(2026, 9, 17, 1, 0, tzinfo=UTC),  # 20:00
        datetime(2026, 9, 20, 17, 0, tzinfo=UTC),  # a Sunday noon
        datetime(2026, 11, 26, 18, 0, tzinfo=UTC),  # Thanksgiving
    ],
)
def test_outside_the_hours_nothing_is_planned(practice: Practice, moment: datetime) -> None:
    texted()
    assert plan_messages(now=moment) == PlannedMessages()


def test_the_hours_are_the_patients_not_the_practices(practice: Practice) -> None:
    balance = texted()
    balance.patient.state, balance.patient.postcode = "CA", "900011234"
    balance.patient.save()
    assert plan_messages(now=datetime(2026, 9, 16, 15, 30, tzinfo=UTC)) == PlannedMessages()
    assert plan_messages(now=datetime(2026, 9, 16, 16, 0, tzinfo=UTC)).planned == 1


def test_several_balances_of_a_patient_are_one_message(practice: Practice, now: datetime) -> None:
    older = texted()
    newer = BalanceFactory(claim_fields={"encounter__patient": older.patient}, opened_at=OPENED_AT + DAY / 24)
    planned = plan_messages(now=now)
    carrier, joined = Message.objects.get(balance=older), Message.objects.get(balance=newer)
    assert planned.messages == (carrier.public_id,)
    assert (joined.state, joined.sent_with) == (State.JOINED, carrier)


def test_joined_touches_speak_with_the_words_of_the_furthest(practice: Practice, now: datetime) -> None:
    older = texted()
    sent(older, Message.Touch.FIRST, now - 7 * DAY)
    BalanceFactory(claim_fields={"encounter__patient": older.patient}, opened_at=OPENED_AT + DAY / 24)
    plan_messages(now=now)
    carrier = Message.objects.get(state=State.WAITING)
    assert (carrier.touch, carrier.words) == (Message.Touch.REMINDER, Message.Touch.REMINDER)
    assert "reminder" in carrier.body


def test_a_patient_hears_once_a_day_at_most(practice: Practice, now: datetime) -> None:
    older = texted()
    sent(older, Message.Touch.FIRST, now - timedelta(hours=3))
    BalanceFactory(claim_fields={"encounter__patient": older.patient})
    assert plan_messages(now=now) == PlannedMessages()
    assert plan_messages(now=now + DAY).planned == 1


def test_an_address_that_two_patients_share_hears_once_a_day_at_most(practice: Practice, now: datetime) -> None:
    first, second = texted(), BalanceFactory()
    ConsentFactory(patient=second.patient, address=first.patient.phone)
    assert plan_messages(now=now).planned == 1
    assert plan_messages(now=now + DAY).planned == 1


def test_three_times_a_week_at_most(practice: Practice, now: datetime) -> None:
    patient = texted().patient
    for days in (1, 3, 5):
        other = BalanceFactory(claim_fields={"encounter__patient": patient}, state=Balance.State.STOPPED)
        MessageFactory(balance=other, due_at=now - days * DAY)
    assert plan_messages(now=now) == PlannedMessages()


@pytest.mark.parametrize(("days", "planned"), [(6, 0), (7, 1)])
def test_the_reminder_is_due_on_day_seven(practice: Practice, now: datetime, days: int, planned: int) -> None:
    balance = texted()
    sent(balance, Message.Touch.FIRST, now - days * DAY)
    assert plan_messages(now=now).planned == planned


def test_the_final_notice_follows_on_day_fourteen(practice: Practice, now: datetime) -> None:
    balance = texted()
    sent(balance, Message.Touch.FIRST, now - 14 * DAY)
    sent(balance, Message.Touch.REMINDER, now - 7 * DAY)
    plan_messages(now=now)
    assert Message.objects.get(state=State.WAITING).touch == Message.Touch.FINAL


def test_on_day_twenty_one_the_sequence_closes_into_a_review(practice: Practice, now: datetime) -> None:
    balance = texted()
    for touch, days in zip(Message.Touch, (21, 14, 7), strict=True):
        sent(balance, touch, now - days * DAY)
    assert plan_messages(now=now) == PlannedMessages(closed=1)
    balance.refresh_from_db()
    assert balance.state == Balance.State.SEQUENCE_DONE
    assert balance.work_item
    assert (balance.work_item.kind, balance.work_item.url_name) == ("balance_review", "balances:detail")
    assert balance.work_item.due_on == date(2026, 9, 23)


def test_a_touch_that_may_not_have_left_holds_the_next_one(practice: Practice, now: datetime) -> None:
    balance = texted()
    MessageFactory(balance=balance, state=State.UNKNOWN, due_at=now - 9 * DAY)
    assert plan_messages(now=now) == PlannedMessages()


def test_without_consent_a_letter_is_a_persons_task(practice: Practice, now: datetime) -> None:
    balance = BalanceFactory()
    assert plan_messages(now=now) == PlannedMessages(letters=1)
    letter = Message.objects.get()
    assert (letter.channel, letter.state, letter.address) == ("paper", State.TO_MAIL, "")
    assert letter.work_item
    assert letter.work_item.kind == "balance_letter"
    assert letter.work_item.subject_public_id == balance.public_id


def test_a_revoked_consent_is_none(practice: Practice, now: datetime) -> None:
    balance = BalanceFactory()
    ConsentFactory(patient=balance.patient, revoked_at=now)
    assert plan_messages(now=now) == PlannedMessages(letters=1)


def test_a_mail_where_only_mail_was_agreed_to(practice: Practice, now: datetime) -> None:
    balance = BalanceFactory()
    ConsentFactory(patient=balance.patient, channel=Consent.Channel.EMAIL, address=balance.patient.email)
    plan_messages(now=now)
    message = Message.objects.get()
    assert (message.channel, message.address) == ("email", balance.patient.email)
    assert message.body.startswith("Hello,\n\nYou have a balance with Pecan Row.")


def test_a_number_that_failed_is_not_tried_again_until_it_is_given_anew(practice: Practice, now: datetime) -> None:
    balance = texted()
    UnreachableAddress.objects.create(channel="sms", address=balance.patient.phone, since=now - DAY, problem="Landline")
    assert plan_messages(now=now) == PlannedMessages(letters=1)
    other = BalanceFactory()
    UnreachableAddress.objects.create(
        channel="sms", address=other.patient.phone, since=now - 9 * DAY, problem="Landline"
    )
    ConsentFactory(patient=other.patient, given_on=(now - DAY).date())
    assert plan_messages(now=now).planned == 1


def test_spanish_for_a_patient_who_speaks_it(practice: Practice, now: datetime) -> None:
    balance = texted()
    balance.patient.language = "es"
    balance.patient.save()
    plan_messages(now=now)
    assert Message.objects.get().body.startswith("Pecan Row: tiene un saldo.")


def test_without_an_agreement_nothing_leaves_and_the_administrator_sees_why(practice: Practice, now: datetime) -> None:
    VendorAgreement.objects.filter(vendor="twilio").delete()
    texted()
    assert plan_messages(now=now) == PlannedMessages()
    item = WorkItem.objects.get()
    assert (item.kind, item.owner_role) == ("messages_blocked", WorkItem.OwnerRole.ADMINISTRATOR)
    assert item.title == "Messages wait. Enter the signed agreement with twilio: without it nothing may be sent there."
    plan_messages(now=now)
    assert WorkItem.objects.count() == 1


def test_an_agreement_that_has_ended_is_none(practice: Practice, now: datetime) -> None:
    VendorAgreement.objects.filter(vendor="twilio").update(ends_on=date(2026, 9, 15))
    texted()
    assert plan_messages(now=now) == PlannedMessages()


def test_with_the_agreement_entered_the_task_is_done_and_the_message_leaves(practice: Practice, now: datetime) -> None:
    VendorAgreement.objects.filter(vendor="twilio").update(ends_on=date(2026, 9, 15))
    texted()
    plan_messages(now=now)
    VendorAgreement.objects.filter(vendor="twilio").update(ends_on=None)
    assert plan_messages(now=now).planned == 1
    assert WorkItem.objects.get().state == WorkItem.State.DONE


def test_without_a_connection_messages_wait_visibly(practice: Practice, now: datetime) -> None:
    Connection.objects.filter(adapter="twilio").update(enabled=False)
    texted()
    assert plan_messages(now=now) == PlannedMessages()
    assert WorkItem.objects.get().title == "Messages wait. Connect a service for texts: patients have agreed to them."


def test_a_messaging_name_that_gives_the_specialty_away_blocks(practice: Practice, now: datetime) -> None:
    practice.messaging_name = "Pecan Row Family Medicine"
    practice.save()
    texted()
    assert plan_messages(now=now) == PlannedMessages()
    assert not Message.objects.exists()
    assert WorkItem.objects.get().kind == "message_words_blocked"


def test_an_unanswered_reply_pauses(practice: Practice, now: datetime) -> None:
    balance = texted()
    inbound = InboundMessageFactory(patient=balance.patient)
    assert plan_messages(now=now) == PlannedMessages()
    inbound.answered_at = now
    inbound.save()
    assert plan_messages(now=now).planned == 1


def test_a_stopped_balance_is_silent_and_resumed_it_goes_on_in_the_same_row(practice: Practice, now: datetime) -> None:
    balance, user = texted(), UserFactory()
    plan_messages(now=now)
    stop_balance(balance_id=balance.public_id, reason=Balance.Stop.HOLD, acting_user=user, now=now)
    message = Message.objects.get()
    assert (message.state, message.problem) == (State.CANCELLED, "Stopped: Held by the practice.")
    assert plan_messages(now=now) == PlannedMessages()
    resume_balance(balance_id=balance.public_id, acting_user=user, now=now)
    assert plan_messages(now=now + DAY).planned == 1
    again = Message.objects.get()
    assert (again.pk, again.state, again.problem) == (message.pk, State.WAITING, "")
    assert again.link_id != message.link_id


def test_a_balance_below_the_minimum_is_not_reminded_of(practice: Practice, now: datetime) -> None:
    texted(owed="4.00")
    assert plan_messages(now=now) == PlannedMessages()


@pytest.mark.long
def test_many_balances_take_no_more_queries_than_few(practice: Practice, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            plan_messages(now=now)
        return len(captured)

    texted()
    few = queries()
    for _ in range(6):
        texted()
    assert queries() == few
