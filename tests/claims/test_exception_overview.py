"""What the queue counts is what it shows: each number and sum against the tasks themselves, counted one by one."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from apps.claims.selectors.exception_queue import EXCEPTION_KIND, VIEWS, WEEK, Filter, overview, tasks
from apps.core import clock
from apps.core.models import User
from apps.core.money import ZERO
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(now: datetime) -> User:
    """Who looks at tasks of every owner, deadline, age and sleep, each of an amount of its own, one of none."""
    me, other = (UserFactory(role=Role.BILLER) for _ in range(2))
    today = clock.today()
    days = [None, *(today + timedelta(days=number) for number in (-1, 0, 7, 8))]
    rows = product((me, other, None), days, (None, today, today + timedelta(days=1)), (1, 9))
    for number, (assignee, due_on, snoozed_until, age) in enumerate(rows):
        WorkItem(
            kind=EXCEPTION_KIND,
            title="Fix a claim",
            owner_role="biller",
            assignee=assignee,
            due_on=due_on,
            snoozed_until=snoozed_until,
            opened_at=now - timedelta(days=age),
            amount_at_stake=Decimal(number) if number else None,
            url_name="claims:exception",
            subject_public_id=f"claim{number}",
        ).save()
    WorkItem.objects.filter(subject_public_id="claim7").update(state=WorkItem.State.DONE)
    return me


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "narrowed", [{}, {"age": "7"}, {"assignee": "me"}, {"age": "7", "assignee": "me", "due": "past"}]
)
def test_the_overview_counts_what_is_there(view: str, narrowed: dict[str, str], me: User) -> None:
    today = clock.today()
    named = {**narrowed, "assignee": me.public_id} if "assignee" in narrowed else narrowed
    chosen = Filter(view=view, **named)
    found = overview(chosen, user=me, today=today)
    assert found.views == {name: tasks(Filter(view=name), user=me, today=today).count() for name in VIEWS}
    assert found.waiting == WorkItem.objects.filter(state=WorkItem.State.OPEN).count()
    asked = list(tasks(Filter(**{**named, "view": view, "due": ""}), user=me, today=today))
    week = [item for item in asked if item.due_on and today <= item.due_on <= today + WEEK]
    past = [item for item in asked if item.due_on and item.due_on < today]
    counted = [(len(part), sum((item.amount_at_stake or ZERO for item in part), ZERO)) for part in (asked, week, past)]
    totals = found.totals
    assert counted == [
        (totals.number, totals.amount),
        (totals.week, totals.week_amount),
        (totals.past, totals.past_amount),
    ]
    assert asked or (view, named.get("assignee")) == ("unassigned", me.public_id)
