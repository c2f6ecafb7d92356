"""A payer's credit is told again as its last day comes near: its task rises, and an administrator looks after it at the end."""

from concurrent.futures import Future
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.patient_balances.models import MoneyReview
from apps.patient_balances.rules.refunds import alert_of
from apps.patient_balances.services import PaidBack, alert_refunds, settle_review
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.workspace.selectors.work import grouped, open_work, work_totals
from tests.factories.practice import UserFactory
from tests.locks import elsewhere, happening_after
from tests.patient_balances.opening import open_balances
from tests.patient_balances.test_money_has_owners import move
from tests.patient_balances.test_payer_refunds import credit
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
DUE = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("left", "alert"), [(60, None), (15, None), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 0), (-9, 0)]
)
def test_the_alerts_stand_at_14_7_1_and_0_days(left: int, alert: int | None) -> None:
    assert alert_of(DUE, DUE - timedelta(days=left)) == alert


def item_of(review: MoneyReview) -> WorkItem:
    review.refresh_from_db()
    return WorkItem.objects.get(pk=review.work_item_id)


def told(review: MoneyReview) -> list[int]:
    """The days of its alerts, as the trail says."""
    rows = AuditEvent.objects.filter(action="alert_refund", subject_public_id=review.public_id)
    return [row.detail["days"] for row in rows.order_by("pk")]


def test_each_alert_raises_the_task_once(now: datetime) -> None:
    review = credit(now, "MB")
    assert review.due_on == now.date() + timedelta(days=60)
    assert alert_refunds(now=now + timedelta(days=45)) == 0
    clerk: User = UserFactory(role=Role.BILLER)
    WorkItem.objects.filter(pk=review.work_item_id).update(snoozed_until=review.due_on, assignee=clerk)
    assert alert_refunds(now=now + timedelta(days=46)) == 1
    assert alert_refunds(now=now + timedelta(days=47)) == 0
    item = item_of(review)
    assert item.title.startswith("Give the payer's credit back by ")
    assert (item.snoozed_until, item.assignee) == (None, clerk)
    assert alert_refunds(now=now + timedelta(days=53)) == 1
    assert item_of(review).title.startswith("Soon due: ")
    assert not WorkItem.objects.filter(owner_role="administrator").exists()
    assert told(review) == [14, 7]


def test_at_the_end_it_is_nobodys_own_and_an_administrators_too(now: datetime) -> None:
    review = credit(now, "MC")
    clerk: User = UserFactory(role=Role.BILLER)
    WorkItem.objects.filter(pk=review.work_item_id).update(assignee=clerk)
    last = now + timedelta(days=59)
    assert alert_refunds(now=last) == 1  # the runs before were missed
    item = item_of(review)
    assert (item.title.partition(":")[0], item.assignee) == ("Now due", None)
    late = WorkItem.objects.get(owner_role="administrator")
    assert (late.due_on, late.amount_at_stake) == (review.due_on, item.amount_at_stake)
    today = last.date()
    (group,) = grouped(open_work(Role.ADMINISTRATOR, today), work_totals(Role.ADMINISTRATOR, today), today)
    assert group.tasks[0].subject.patient == review.claim.patient.full_name
    assert alert_refunds(now=last + timedelta(days=1)) == 1
    assert alert_refunds(now=last + timedelta(days=2)) == 0
    assert WorkItem.objects.filter(owner_role="administrator").count() == 1
    assert told(review) == [1, 0]


def test_what_is_paid_back_is_told_of_no_more(now: datetime) -> None:
    review = credit(now, "MB")
    alert_refunds(now=now + timedelta(days=59))
    clerk: User = UserFactory(role=Role.BILLER)
    settle_review(
        review_id=review.public_id,
        note="Sent",
        paid_back=PaidBack("check", "1044", now.date()),
        acting_user=clerk,
        now=now + timedelta(days=59),
    )
    assert not WorkItem.objects.filter(state=WorkItem.State.OPEN, url_name="balances:money").exists()
    assert alert_refunds(now=now + timedelta(days=60)) == 0


@pytest.mark.long
def test_a_credit_that_comes_again_has_alerts_of_its_own(now: datetime) -> None:
    review = credit(now, "MB")
    charge = review.claim.lines.get().charge_id
    alert_refunds(now=now + timedelta(days=59))
    move(review.claim, charge, "30.00", "recouped", now)
    Claim.objects.update(status=ClaimStatus.REVERSED)
    open_balances(now=now + timedelta(days=59))
    assert not WorkItem.objects.filter(state=WorkItem.State.OPEN, url_name="balances:money").exists()
    move(review.claim, charge, "-30.00", "too much again", now)
    Claim.objects.update(status=ClaimStatus.PAID)
    open_balances(now=now + timedelta(days=70))
    review.refresh_from_db()
    assert (review.alerted, review.alert_item, review.settled_at) == (None, None, None)
    assert alert_refunds(now=now + timedelta(days=129)) == 1
    assert WorkItem.objects.filter(state=WorkItem.State.OPEN, owner_role="administrator").count() == 1


@pytest.mark.usefixtures("frozen")
def test_the_page_says_how_many_days_are_left(now: datetime) -> None:
    review = credit(now, "MB")
    client: Client = browser_of(Role.BILLER)
    assert "60 days" in client.get(f"/balances/money/{review.public_id}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_takes_the_task_while_it_rises_keeps_it(now: datetime) -> None:
    review = credit(now, "MB")
    clerk: User = UserFactory(role=Role.BILLER)

    def takes_it() -> None:
        WorkItem.objects.filter(pk=review.work_item_id).update(assignee=clerk)

    def reads_the_tasks(sql: str) -> bool:
        return sql.startswith("SELECT") and f'"{WorkItem._meta.db_table}"."state" = ' in sql

    taking: list[Future[None]] = []
    with happening_after(reads_the_tasks, lambda: taking.append(elsewhere(takes_it))):
        alert_refunds(now=now + timedelta(days=46))
    taking[0].result()
    assert item_of(review).assignee == clerk
