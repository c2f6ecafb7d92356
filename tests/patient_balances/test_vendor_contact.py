"""What a message and a look for payments leave on their connection, which the map of connections shows."""

from datetime import datetime, timedelta

import pytest

from apps.connectors.models import Connection
from apps.connectors.ports.errors import AddressRefusedError, OutageError
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.services import fetch_payments, send_message
from tests.patient_balances.outside import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def phone() -> Connection:
    return Connection.objects.get(adapter="twilio")


def test_a_message_that_left_is_the_vendors_last_answer(planned: Message, now: datetime) -> None:
    send_message(message_id=planned.public_id, now=now)
    assert (phone().last_answer_at, phone().last_failure) == (now, "")


def test_a_reply_that_left_is_one_too(text_back: Reply, now: datetime) -> None:
    send_message(message_id=text_back.public_id, now=now)
    assert phone().last_answer_at == now


def test_a_vendor_that_is_away_is_told_until_it_answers(planned: Message, world: World, now: datetime) -> None:
    world.failure = OutageError("The phone company could not be reached.")
    with pytest.raises(OutageError):
        send_message(message_id=planned.public_id, now=now)
    assert (phone().last_answer_at, phone().last_failure) == (None, "The phone company could not be reached.")
    later = now + timedelta(minutes=5)
    send_message(message_id=planned.public_id, now=later)
    assert (phone().last_answer_at, phone().last_failure, phone().failed_at) == (later, "", now)


def test_a_number_that_is_no_phones_is_an_answer_and_no_failure_of_the_link(
    planned: Message, world: World, now: datetime
) -> None:
    world.failure = AddressRefusedError("A landline.")
    send_message(message_id=planned.public_id, now=now)
    assert (phone().last_answer_at, phone().last_failure) == (now, "")


def test_a_look_for_payments_is_the_card_processors_last_answer(world: World, now: datetime) -> None:
    world.failure = OutageError("The card processor could not be reached.")
    with pytest.raises(OutageError):
        fetch_payments(now=now)
    till = Connection.objects.get(adapter="stripe")
    assert (till.last_answer_at, till.last_failure) == (None, "The card processor could not be reached.")
    fetch_payments(now=now)
    till.refresh_from_db()
    assert (till.last_answer_at, till.last_failure) == (now, "")
