"""Whoever sends reads the message, and takes it a moment later: what commits in between decides whether, and where, it goes."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

import pytest

from apps.patient_balances.models import Message
from apps.patient_balances.services import Sending, receive_message_event, revoke_consent, send_message
from apps.practice.models import VendorAgreement
from apps.worklist.models import WorkItem
from tests.locks import elsewhere, happening_after
from tests.patient_balances.outside import CALLBACK, KilledError, World, status_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
State = Message.State


def test_a_text_that_is_stopped_while_its_sender_looks_at_it_goes_by_mail_and_by_nothing_else(
    planned: Message, world: World, now: datetime
) -> None:
    """The touch keeps its row, which waits again, for the other way: the number that its sender has read is not it any more."""

    def reads_the_message(sql: str) -> bool:
        return sql.startswith("SELECT") and Message._meta.db_table in sql

    def stops() -> None:
        revoke_consent(channel="sms", address=planned.address, text="STOP", now=now)

    with happening_after(reads_the_message, stops):
        assert send_message(message_id=planned.public_id, now=now) is Sending.NOT_TAKEN
    planned.refresh_from_db()
    assert (planned.channel, planned.state, world.texts) == ("email", State.WAITING, [])
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
    assert ([mail.to for mail in world.mails], world.texts) == ([planned.address], [])


def undeliverable(text: Message) -> bytes:
    return status_report("SM1", "undelivered", error="30006", url=f"{CALLBACK}?m={text.public_id}", to=text.address)


def test_a_text_that_is_told_undeliverable_before_its_call_returns_goes_by_mail(
    planned: Message, arrived: Callable[..., str], world: World, now: datetime
) -> None:
    """What the call gives back is the text's id, and not that of what the row waits to send by then."""
    report = undeliverable(planned)
    world.meanwhile = lambda: receive_message_event(transmission_id=arrived(report), now=now)
    send_message(message_id=planned.public_id, now=now)
    planned.refresh_from_db()
    assert (planned.channel, planned.state, planned.vendor_id) == ("email", State.WAITING, "")
    assert send_message(message_id=planned.public_id, now=now) is Sending.SENT
    assert (len(world.texts), len(world.mails)) == (1, 1)


def test_a_text_whose_call_returns_while_its_mail_is_under_way_says_nothing_of_the_mail(
    planned: Message, arrived: Callable[..., str], world: World, now: datetime
) -> None:
    report = undeliverable(planned)

    def the_mail_is_cut_off() -> None:
        receive_message_event(transmission_id=arrived(report), now=now)
        world.failure = KilledError()
        with pytest.raises(KilledError):
            send_message(message_id=planned.public_id, now=now)

    world.meanwhile = the_mail_is_cut_off
    send_message(message_id=planned.public_id, now=now)
    planned.refresh_from_db()
    assert (planned.channel, planned.state, planned.vendor_id) == ("email", State.SENDING, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", [1, 2], ids=["before the lock", "behind it"])
def test_what_keeps_two_texts_from_leaving_at_one_moment_is_one_task(
    look: int, planned: Message, now: datetime
) -> None:
    VendorAgreement.objects.filter(vendor="twilio").delete()

    def looks_for_the_task(sql: str) -> bool:
        return sql.startswith("SELECT EXISTS") and WorkItem._meta.db_table in sql

    def keeps() -> Sending:
        return send_message(message_id=planned.public_id, now=now)

    other: list[Future[Sending]] = []
    with happening_after(looks_for_the_task, lambda: other.append(elsewhere(keeps)), turn=look):
        assert keeps() is Sending.POSTPONED
    other[0].result()
    assert [item.kind for item in WorkItem.objects.all()] == ["messages_blocked"]
