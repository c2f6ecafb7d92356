"""A dispute of what is left of a card payment that paid two balances, once a part of it has gone already."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.core.money import ZERO
from apps.patient_balances.models import Balance, PaymentLink
from apps.patient_balances.selectors.given_back import left_on_visits
from apps.patient_balances.selectors.sums import owed_by_balance
from tests.factories.patient_balances import BalanceFactory, post_cash
from tests.patient_balances.outside import card_event, dispute_event
from tests.patient_balances.paying import Arrived, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]


@pytest.fixture
def other(link: PaymentLink, now: datetime) -> Balance:
    """The patient's second balance, of 40.00 beside 64.20."""
    newest = now + timedelta(minutes=1)
    return BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="40.00", opened_at=newest)


@pytest.fixture
def reference(link: PaymentLink, other: Balance, arrived: Arrived, now: datetime) -> str:
    reference = start(link, "104.20", now)
    tell(arrived, card_event(reference, "104.20", at=now), now)
    return reference


def taken(reference: str, amount: str, now: datetime, *, dispute: str = "dp_1", kind: str = "funds_withdrawn") -> bytes:
    return dispute_event(f"pi_{reference}", amount, at=now, kind=kind, dispute=dispute)


def owed(link: PaymentLink, other: Balance) -> tuple[Decimal, Decimal]:
    found = owed_by_balance([link.balance_id, other.pk])
    return found[link.balance_id], found[other.pk]


@pytest.mark.long
def test_after_a_refund_of_a_credit_each_balance_owes_again_what_the_payment_still_paid_of_it(
    link: PaymentLink, other: Balance, reference: str, arrived: Arrived, now: datetime
) -> None:
    post_cash(link.balance, "30.00", key="desk")
    tell(arrived, card_event(reference, "30.00", at=now, event_id="evt_r1", kind="refunded"), now)
    assert owed(link, other) == (ZERO, ZERO)
    tell(arrived, taken(reference, "74.20", now), now)
    assert owed(link, other) == (Decimal("34.20"), Decimal("40.00"))
    left = left_on_visits(reference, f"pi_{reference}")
    assert [set(lines.values()) for lines in left.values()] == [{ZERO}, {ZERO}]
    tell(arrived, taken(reference, "74.20", now, kind="funds_reinstated"), now)
    assert owed(link, other) == (ZERO, ZERO)


def test_a_second_dispute_of_one_payment_takes_what_the_first_left(
    link: PaymentLink, other: Balance, reference: str, arrived: Arrived, now: datetime
) -> None:
    tell(arrived, taken(reference, "50.00", now), now)
    assert owed(link, other) == (Decimal("50.00"), ZERO)
    tell(arrived, taken(reference, "54.20", now, dispute="dp_2"), now)
    assert owed(link, other) == (Decimal("64.20"), Decimal("40.00"))


@pytest.mark.long
def test_what_a_first_dispute_gave_again_can_be_taken_by_a_second(
    link: PaymentLink, other: Balance, reference: str, arrived: Arrived, now: datetime
) -> None:
    tell(arrived, taken(reference, "50.00", now), now)
    tell(arrived, taken(reference, "50.00", now, kind="funds_reinstated"), now)
    tell(arrived, taken(reference, "104.20", now, dispute="dp_2"), now)
    assert owed(link, other) == (Decimal("64.20"), Decimal("40.00"))


@pytest.mark.long
def test_more_than_the_payment_still_has_is_owed_again_all_the_same(
    link: PaymentLink, other: Balance, reference: str, arrived: Arrived, now: datetime
) -> None:
    """The bank takes what it takes: the books follow its money."""
    tell(arrived, card_event(reference, "104.20", at=now, event_id="evt_r1", kind="refunded"), now)
    tell(arrived, taken(reference, "104.20", now), now)
    assert sum(owed(link, other)) == Decimal("208.40")
