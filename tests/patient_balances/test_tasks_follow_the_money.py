"""What is at stake in a task, and what the task is, follow the money that moves while it waits for a person."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.patient_balances.models import Balance, MoneyReview, WriteOffRequest
from apps.patient_balances.selectors.due import moved_balances
from apps.patient_balances.services import OpenedBalances, alert_refunds, settle_review
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item
from tests.factories.patient_balances import BalanceFactory, answered_claim, post_cash
from tests.factories.practice import PracticeFactory, UserFactory
from tests.patient_balances.opening import open_balances
from tests.patient_balances.test_money_has_owners import move, overpaid

pytestmark = pytest.mark.django_db


def moved(claim: Claim, amount: str, now: datetime) -> None:
    """A later posting: `amount` more is owed by the payer."""
    move(claim, claim.lines.first().charge_id, amount, f"later:{amount}", now)
    claim.refresh_from_db()
    if claim.status != ClaimStatus.PAID:
        move_claims([claim], ClaimStatus.PAID, what="The payer processed the claim.", now=now)
    open_balances(now=now)


def task(kind: str) -> WorkItem:
    return WorkItem.objects.get(kind=kind, state=WorkItem.State.OPEN)


@pytest.mark.parametrize(("more", "amount"), [("-12.00", "42.00"), ("10.00", "20.00")])
def test_a_payers_credit_that_moves_is_told_by_its_task(now: datetime, more: str, amount: str) -> None:
    claim = overpaid(now)
    open_balances(now=now)
    before = MoneyReview.objects.get()
    moved(claim, more, now + timedelta(days=1))
    review, item = MoneyReview.objects.get(), task("payer_credit")
    assert item.pk == before.work_item_id
    assert item.amount_at_stake == Decimal(amount)
    assert (review.opened_at, review.identified_on, review.due_on) == (now, before.identified_on, before.due_on)


def test_a_credit_that_becomes_a_part_left_open_is_another_task(now: datetime) -> None:
    claim = overpaid(now)
    open_balances(now=now)
    before = MoneyReview.objects.get()
    later = now + timedelta(days=1)
    moved(claim, "45.00", later)
    review = MoneyReview.objects.get()
    assert (review.reason, review.opened_at, review.settled_at) == (MoneyReview.Reason.UNANSWERED, later, None)
    assert (review.identified_on, review.due_on) == (None, None)
    item = task("payer_left_open")
    assert (item.pk, item.amount_at_stake) == (review.work_item_id, Decimal("15.00"))
    old = WorkItem.objects.get(pk=before.work_item_id)
    assert (old.state, old.outcome) == (WorkItem.State.WITHDRAWN, "A later posting gave it another reason.")


@pytest.mark.long
def test_a_part_left_open_that_becomes_a_credit_is_due_from_then(now: datetime) -> None:
    """And nobody needs to decide any more whether the part is given up."""
    PracticeFactory(write_off_limit=Decimal(5), refund_days=30)
    claim = answered_claim(cost_share="0")
    moved(claim, "15.00", now)
    review = MoneyReview.objects.get()
    settle_review(review_id=review.public_id, note="Lost", reason="courtesy", acting_user=UserFactory(), now=now)
    later = now + timedelta(days=1)
    moved(claim, "-40.00", later)
    review.refresh_from_db()
    assert (review.reason, review.identified_on) == (MoneyReview.Reason.PAYER_CREDIT, later.date())
    assert task("payer_credit").amount_at_stake == Decimal("25.00")
    assert WriteOffRequest.objects.get().state == WriteOffRequest.State.WITHDRAWN


@pytest.mark.parametrize(("more", "amount"), [("5.00", "13.00"), ("-3.00", "5.00")])
def test_a_patients_credit_that_moves_is_told_by_its_task(now: datetime, more: str, amount: str) -> None:
    answered_claim(cost_share="-8.00")
    open_balances(now=now)
    balance = Balance.objects.get()
    post_cash(balance, more, key="desk")
    assert open_balances(now=now) == OpenedBalances()
    item = task("balance_credit")
    assert (item.pk, item.amount_at_stake) == (balance.work_item_id, Decimal(amount))
    assert not moved_balances().exists()


@pytest.mark.parametrize(("more", "amount"), [("5.00", "13.00"), ("-3.00", "5.00")])
def test_a_patients_credit_that_moves_after_its_task_was_closed_is_a_new_task(
    now: datetime, more: str, amount: str
) -> None:
    """The person who closed it saw another amount."""
    answered_claim(cost_share="-8.00")
    open_balances(now=now)
    balance = Balance.objects.get()
    close_item(balance.work_item, acting_user=UserFactory(), now=now)
    open_balances(now=now)
    assert not WorkItem.objects.filter(state=WorkItem.State.OPEN).exists()
    post_cash(balance, more, key="desk")
    for _ in range(2):
        open_balances(now=now + timedelta(days=1))
        item = task("balance_credit")
        assert (item.amount_at_stake, item.opened_at) == (Decimal(amount), now + timedelta(days=1))
    first = WorkItem.objects.get(pk=balance.work_item_id)
    assert (first.state, first.amount_at_stake) == (WorkItem.State.DONE, Decimal("8.00"))
    assert not moved_balances().exists()


@pytest.mark.long
def test_a_refunds_alert_says_what_is_to_be_given_back_by_now(now: datetime) -> None:
    claim = overpaid(now)
    open_balances(now=now)
    alert_refunds(now=now + timedelta(days=29))
    assert task("payer_credit_late").amount_at_stake == Decimal("30.00")
    moved(claim, "-12.00", now + timedelta(days=29))
    assert task("payer_credit_late").amount_at_stake == Decimal("42.00")


def test_a_patients_credit_grows_by_what_a_payer_says(now: datetime) -> None:
    """The claim leads to it once more."""
    balance = BalanceFactory(owed="20.00")
    post_cash(balance, "28.00", key="desk")
    open_balances(now=now)
    assert task("balance_credit").amount_at_stake == Decimal("8.00")
    claim = balance.claim
    claim.refresh_from_db()
    move_claims([claim], ClaimStatus.PAID, what="The payer processed the claim.", now=now)
    post_cash(balance, "4.00", key="less is left")
    open_balances(now=now)
    assert task("balance_credit").amount_at_stake == Decimal("12.00")
