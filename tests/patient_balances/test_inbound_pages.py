"""Pages of what patients write and of money without an owner."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.intake.models import Consent
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import InboundMessage, Message, Reply, StrayPayment
from apps.practice.roles import Role
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import BalanceFactory, InboundMessageFactory
from tests.patient_balances.browsing import SignIn, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "frozen")]
State = Message.State


def test_the_front_desk_answers_what_a_patient_wrote(signed_in: SignIn, now: datetime) -> None:
    balance = BalanceFactory()
    inbound, desk = InboundMessageFactory(patient=balance.patient), signed_in(Role.FRONT_DESK)
    page = text_of(desk, f"/balances/inbound/{inbound.public_id}/")
    assert "Is this about my last visit?" in page
    assert balance.public_id in page
    desk.post(f"/balances/inbound/{inbound.public_id}/answered/", {"stop_texts": "no"})
    assert InboundMessage.objects.get().answered_at == now


def test_the_front_desk_honors_a_stop_in_other_words(signed_in: SignIn) -> None:
    consent = ConsentFactory()
    inbound = InboundMessageFactory(patient=consent.patient, address=consent.address)
    signed_in(Role.FRONT_DESK).post(f"/balances/inbound/{inbound.public_id}/answered/", {"stop_texts": "yes"})
    assert Consent.objects.get().revoked_at


def test_a_message_from_nobody_known_has_its_page(biller: Client) -> None:
    inbound = InboundMessageFactory(meaning="missed_call", text="", pauses=False)
    assert "No patient has this number" in text_of(biller, f"/balances/inbound/{inbound.public_id}/")


def stray(now: datetime, **fields: object) -> StrayPayment:
    values = {"kind": "unmatched", "event_id": "evt_1", "processor_id": "cs_1", "amount": Decimal("64.20"), "at": now}
    return StrayPayment.objects.create(**{**values, **fields})


@pytest.mark.long
def test_stray_money_comes_with_those_who_may_have_paid_it(biller: Client, now: datetime) -> None:
    exact, other = BalanceFactory(), BalanceFactory(owed="11.00")
    found = stray(now)
    page = text_of(biller, f"/balances/payments/{found.public_id}/")
    assert exact.public_id in page
    assert other.public_id not in page
    biller.post(f"/balances/payments/{found.public_id}/settle/", {"balance": exact.public_id})
    found.refresh_from_db()
    assert found.applied_to == exact
    assert "Settled" in text_of(biller, f"/balances/payments/{found.public_id}/")


def test_stray_money_without_a_balance_stays(biller: Client, now: datetime) -> None:
    found = stray(now)
    response = biller.post(f"/balances/payments/{found.public_id}/settle/", {}, follow=True)
    assert "Choose the balance that this payment is for." in response.content.decode()
    assert "No open balance fits" in text_of(biller, f"/balances/payments/{found.public_id}/")


def test_closing_a_refund_that_waits_says_that_it_is_posted_later(biller: Client, now: datetime) -> None:
    found = stray(now, kind="refund")
    assert "the refund is posted by itself" in text_of(biller, f"/balances/payments/{found.public_id}/")
    response = biller.post(f"/balances/payments/{found.public_id}/settle/", {}, follow=True)
    assert "Closed. The refund is posted when its payment comes." in response.content.decode()


def test_money_in_another_currency_is_shown_in_it(biller: Client, now: datetime) -> None:
    found = stray(now, kind="currency", currency="eur")
    page = text_of(biller, f"/balances/payments/{found.public_id}/")
    assert "Card payment of 64.20 EUR" in page
    assert "$64.20" not in page


def test_of_stray_money_what_was_given_back_is_shown_and_not_sought(biller: Client, now: datetime) -> None:
    exact, other = BalanceFactory(owed="44.20"), BalanceFactory(owed="11.00")
    found, key = stray(now, payment_intent="pi_1"), "refund:evt_2"
    legs = (NewLeg(Account.UNAPPLIED_CASH, Decimal("20.00")), NewLeg(Account.DEPOSITS, Decimal("-20.00")))
    posted = post_entries([NewEntry(Entry.Kind.DEPOSIT, key, now.date(), legs)], now=now)
    refund = {"kind": "refund", "event_id": "evt_2", "amount": Decimal("20.00"), "entry_id": posted.entry_id(key)}
    stray(now, payment_intent="pi_1", **refund)
    page = text_of(biller, f"/balances/payments/{found.public_id}/")
    assert "<dt>Given back</dt><dd>$20.00</dd><dt>Left to place</dt><dd>$44.20</dd>" in page
    assert exact.public_id in page
    assert other.public_id not in page


def test_what_became_of_a_text_back_is_shown_beside_its_call(biller: Client, now: datetime) -> None:
    inbound = InboundMessageFactory(meaning="missed_call", text="", pauses=False)
    told = {
        "channel": "sms",
        "body": "We missed you.",
        "state": State.CANCELLED,
        "problem": "It could not leave in time.",
    }
    Reply.objects.create(inbound=inbound, due_at=now, **told)
    assert "It could not leave in time." in text_of(biller, f"/balances/inbound/{inbound.public_id}/")


def test_a_difference_is_closed_once_checked(biller: Client, now: datetime) -> None:
    found = stray(now, kind="differs")
    biller.post(f"/balances/payments/{found.public_id}/settle/", {})
    found.refresh_from_db()
    assert found.settled_at == now
