"""Money that the card processor gave back, in whatever order it is told."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import Balance, PatientPayment, PaymentLink, StrayPayment
from apps.patient_balances.selectors.sums import owed_by_balance, owed_by_charge
from apps.patient_balances.services import (
    Posted,
    apply_stray_payment,
    close_stray_payment,
)
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals, post_patient_money
from tests.factories.patient_balances import OPENED_AT, BalanceFactory, PaymentLinkFactory
from tests.factories.practice import UserFactory
from tests.patient_balances.outside import card_event
from tests.patient_balances.paying import Arrived, deposits, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
State = Balance.State


def refund(reference: str, total: str, now: datetime, event_id: str = "evt_r1") -> bytes:
    return card_event(reference, total, at=now, event_id=event_id, kind="refunded")


def test_a_refund_of_a_credit_settles_it(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    one, two = start(link, "64.20", now), start(link, "10.00", now)
    tell(arrived, card_event(one, "64.20", at=now), now)
    tell(arrived, card_event(two, "10.00", at=now, event_id="evt_2"), now)
    assert tell(arrived, refund(two, "10.00", now), now) is Posted.POSTED
    balance = Balance.objects.get()
    assert balance.state == State.PAID
    assert owed_by_balance([balance.pk]) == {balance.pk: ZERO}
    assert account_totals()[Account.REFUNDS] == Decimal("-10.00")
    assert not WorkItem.objects.filter(state=WorkItem.State.OPEN).exists()


def test_a_payment_given_back_is_owed_again_and_a_person_decides(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, card_event(reference, "64.20", at=now), now)
    tell(arrived, refund(reference, "20.00", now), now)
    balance = Balance.objects.get()
    assert balance.state == State.SEQUENCE_DONE
    assert owed_by_balance([balance.pk]) == {balance.pk: Decimal("20.00")}
    assert balance.work_item
    assert (balance.work_item.kind, balance.work_item.amount_at_stake) == ("balance_returned", Decimal("20.00"))
    assert Claim.objects.get().status == ClaimStatus.PATIENT_BALANCE


@pytest.mark.long
def test_refunds_of_one_payment_are_told_as_their_sum_and_posted_once_each(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, card_event(reference, "64.20", at=now), now)
    tell(arrived, refund(reference, "20.00", now), now)
    assert tell(arrived, refund(reference, "20.00", now), now) is Posted.KNOWN
    tell(arrived, refund(reference, "30.00", now, "evt_r2"), now)
    assert account_totals()[Account.REFUNDS] == Decimal("-30.00")


@pytest.mark.long
@pytest.mark.parametrize(
    ("total", "owed"),
    [
        ("74.20", ("64.20", "10.00")),
        ("12.50", ("2.50", "10.00")),
        ("4.00", ("0.00", "4.00")),
    ],
)
def test_a_refund_of_a_payment_of_two_balances_goes_back_to_what_each_was_paid(
    total: str, owed: tuple[str, str], link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    """The newest first, and in two parts as at once."""
    later = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="10.00", opened_at=now)
    reference = start(link, "74.20", now)
    tell(arrived, card_event(reference, "74.20", at=now), now)
    assert set(owed_by_balance([link.balance_id, later.pk]).values()) == {ZERO}
    tell(arrived, refund(reference, "3.00", now), now)
    tell(arrived, refund(reference, total, now, "evt_r2"), now)
    found = owed_by_balance([link.balance_id, later.pk])
    assert found == {link.balance_id: Decimal(owed[0]), later.pk: Decimal(owed[1])}


def of_lines(balance: Balance) -> list[str]:
    return [str(owed) for owed in owed_by_charge([balance.pk])[balance.pk].values()]


@pytest.fixture
def of_two(db: None) -> PaymentLink:
    """64.20 are owed for its first line, 30.00 for its last."""
    balance = BalanceFactory(claim_fields={"encounter__charges__size": 2})
    charge = balance.encounter.charges.last()
    sides = ((Account.PATIENT_RECEIVABLE, Decimal("30.00")), (Account.INSURANCE_RECEIVABLE, Decimal("-30.00")))
    legs = tuple(NewLeg(account, amount, balance.patient_id, charge.pk) for account, amount in sides)
    post_entries([NewEntry(Entry.Kind.ADJUSTMENT, "more", OPENED_AT.date(), legs)], now=OPENED_AT)
    link: PaymentLink = PaymentLinkFactory(balance=balance)
    assert of_lines(balance) == ["64.20", "30.00"]
    return link


@pytest.mark.parametrize(
    ("total", "owed"),
    [("94.20", ["64.20", "30.00"]), ("40.00", ["10.00", "30.00"]), ("12.00", ["0.00", "12.00"])],
)
def test_a_refund_goes_back_to_the_lines_that_its_payment_had_paid(
    total: str, owed: list[str], of_two: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(of_two, "94.20", now)
    tell(arrived, card_event(reference, "94.20", at=now), now)
    assert of_lines(of_two.balance) == ["0.00", "0.00"]
    tell(arrived, refund(reference, "5.00", now), now)
    tell(arrived, refund(reference, total, now, "evt_r2"), now)
    assert of_lines(of_two.balance) == owed


def test_a_refund_of_two_lines_gives_the_credit_of_each_back_first(
    of_two: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    first, last = of_two.balance.encounter.charges.first(), of_two.balance.encounter.charges.last()
    reference = start(of_two, "94.20", now)
    tell(arrived, card_event(reference, "94.20", at=now), now)
    post_patient_money(first, "7.00", key="desk", now=now)
    post_patient_money(last, "3.00", key="desk again", now=now)
    assert of_lines(of_two.balance) == ["-7.00", "-3.00"]
    tell(arrived, refund(reference, "10.00", now), now)
    assert of_lines(of_two.balance) == ["0.00", "0.00"]
    tell(arrived, refund(reference, "11.00", now, "evt_r2"), now)
    assert of_lines(of_two.balance) == ["0.00", "1.00"]


def test_a_refund_of_an_unknown_payment_is_a_persons(arrived: Arrived, now: datetime) -> None:
    assert tell(arrived, refund("elsewhere", "20.00", now), now) is Posted.POSTED
    stray = StrayPayment.objects.get()
    assert (stray.kind, stray.entry) == ("refund", None)
    assert stray.work_item


def test_a_refund_that_overtakes_its_payment_is_a_persons_until_the_payment_comes(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    assert tell(arrived, refund(reference, "20.00", now), now) is Posted.POSTED
    waiting = StrayPayment.objects.select_related("work_item").get()
    assert (waiting.entry, waiting.work_item.state) == (None, WorkItem.State.OPEN)
    assert tell(arrived, card_event(reference, "64.20", at=now), now) is Posted.POSTED
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("20.00")}
    assert account_totals()[Account.REFUNDS] == Decimal("-20.00")
    waiting.refresh_from_db()
    assert (waiting.settled_at, waiting.work_item.state) == (now, WorkItem.State.WITHDRAWN)


def test_a_refund_told_again_after_its_payment_is_posted_once(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    """The processor tells the sum so far: 20.00 before the payment, 30.00 after it, each twice."""
    reference = start(link, "64.20", now)
    tell(arrived, refund(reference, "20.00", now), now)
    assert tell(arrived, refund(reference, "20.00", now), now) is Posted.KNOWN
    tell(arrived, card_event(reference, "64.20", at=now), now)
    assert tell(arrived, refund(reference, "30.00", now, "evt_r2"), now) is Posted.POSTED
    assert tell(arrived, refund(reference, "30.00", now, "evt_r2"), now) is Posted.KNOWN
    assert account_totals()[Account.REFUNDS] == Decimal("-30.00")


def test_of_a_payment_that_was_given_back_in_part_a_person_places_the_rest(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    tell(arrived, card_event("elsewhere", "64.20", at=now), now)
    tell(arrived, refund("elsewhere", "10.00", now), now)
    stray = StrayPayment.objects.get(kind=StrayPayment.Kind.UNMATCHED)
    apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=UserFactory(), now=now)
    assert account_totals()[Account.REFUNDS] == ZERO
    assert deposits() == PatientPayment.objects.get().amount == Decimal("54.20")
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("10.00")}
    assert not StrayPayment.objects.filter(settled_at=None).exists()


def test_a_waiting_refund_that_a_person_closed_is_still_posted_when_its_payment_comes(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, refund(reference, "20.00", now), now)
    waiting = StrayPayment.objects.get()
    close_stray_payment(stray_id=waiting.public_id, acting_user=UserFactory(), now=now)
    assert WorkItem.objects.get().outcome == "Checked. Posted when its payment comes."
    later = now + timedelta(hours=1)
    assert tell(arrived, card_event(reference, "64.20", at=later), later) is Posted.POSTED
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("20.00")}
    waiting.refresh_from_db()
    assert (waiting.waits, waiting.settled_at) == (False, now)


def unplaced(amount: str, now: datetime, intent: str = "pi_9") -> bytes:
    return card_event("", amount, at=now, event_id="evt_u", session="cs_9", intent=intent)


def given(total: str, now: datetime, event_id: str = "evt_r1") -> bytes:
    return card_event("", total, at=now, event_id=event_id, kind="refunded", intent="pi_9")


def test_the_task_of_money_whose_refund_came_first_names_what_is_left(arrived: Arrived, now: datetime) -> None:
    tell(arrived, given("20.00", now), now)
    tell(arrived, unplaced("64.20", now), now)
    tasks = WorkItem.objects.filter(state=WorkItem.State.OPEN)
    assert list(tasks.values_list("kind", "amount_at_stake")) == [("payment_unmatched", Decimal("44.20"))]


def open_work() -> list[str]:
    return list(WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("kind", flat=True))


def test_a_refund_of_money_without_an_owner_is_a_deposit_less(arrived: Arrived, now: datetime) -> None:
    tell(arrived, unplaced("64.20", now), now)
    assert tell(arrived, given("20.00", now), now) is Posted.POSTED
    assert (deposits(), account_totals()[Account.UNAPPLIED_CASH]) == (Decimal("44.20"), Decimal("-44.20"))
    assert open_work() == ["payment_unmatched"]
    assert WorkItem.objects.get().amount_at_stake == Decimal("44.20")
    assert tell(arrived, given("64.20", now, "evt_r2"), now) is Posted.POSTED
    assert (deposits(), account_totals()[Account.UNAPPLIED_CASH]) == (ZERO, ZERO)
    assert tell(arrived, given("64.20", now, "evt_r3"), now) is Posted.KNOWN
    assert open_work() == []
    assert not StrayPayment.objects.filter(settled_at=None).exists()
    assert not Leg.objects.filter(account=Account.REFUNDS).exists()


def test_a_refund_that_overtakes_money_without_an_owner_is_posted_with_it(arrived: Arrived, now: datetime) -> None:
    tell(arrived, given("64.20", now), now)
    assert open_work() == ["payment_refund"]
    assert tell(arrived, unplaced("64.20", now), now) is Posted.STRAY
    assert (deposits(), account_totals()[Account.UNAPPLIED_CASH]) == (ZERO, ZERO)
    assert open_work() == []


@pytest.mark.long
def test_a_refund_of_money_that_a_person_placed_is_owed_again(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    tell(arrived, unplaced("64.20", now), now)
    tell(arrived, given("4.20", now), now)
    stray = StrayPayment.objects.get(kind=StrayPayment.Kind.UNMATCHED)
    apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=UserFactory(), now=now)
    assert deposits() == PatientPayment.objects.get().amount == Decimal("60.00")
    assert tell(arrived, given("24.20", now, "evt_r2"), now) is Posted.POSTED
    assert account_totals()[Account.REFUNDS] == Decimal("-20.00")
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("24.20")}


def test_a_refund_that_lost_our_reference_finds_its_payment(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, card_event(reference, "64.20", at=now, intent="pi_9"), now)
    assert tell(arrived, given("20.00", now), now) is Posted.POSTED
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("20.00")}
    assert PatientPayment.objects.get().payment_intent == "pi_9"


def test_of_money_whose_name_is_too_long_for_us_a_refund_finds_where_it_was_placed(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    name = "an-order-of-another-system"
    tell(arrived, card_event(name, "64.20", at=now, intent=""), now)
    stray = StrayPayment.objects.get()
    apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=UserFactory(), now=now)
    tell(arrived, card_event(name, "10.00", at=now, event_id="evt_r1", kind="refunded", intent=""), now)
    assert owed_by_balance([link.balance_id]) == {link.balance_id: Decimal("10.00")}


def test_two_payments_under_one_foreign_reference_are_told_apart(arrived: Arrived, now: datetime) -> None:
    tell(arrived, card_event("shop", "64.20", at=now, session="cs_8", intent="pi_8"), now)
    told = card_event("shop", "5.00", at=now, event_id="evt_r1", kind="refunded", intent="pi_9")
    tell(arrived, told, now)
    assert deposits() == Decimal("64.20")
    tell(arrived, card_event("shop", "5.00", at=now, event_id="evt_2", session="cs_9", intent="pi_9"), now)
    assert deposits() == Decimal("64.20")
    assert StrayPayment.objects.get(settled_at=None, kind=StrayPayment.Kind.UNMATCHED).payment_intent == "pi_8"
