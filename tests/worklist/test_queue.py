from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.worklist import queue
from apps.worklist.models import WorkItem
from apps.worklist.services import add_note, assign, snooze
from apps.worklist.services.snooze import SnoozeError
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 16)


def new_item(subject: str = "abc", **facts: object) -> queue.NewItem:
    usual = {
        "kind": "denial",
        "title": "Answer the denial",
        "owner_role": WorkItem.OwnerRole.BILLER,
        "url_name": "denials:card",
        "subject_public_id": subject,
        "amount_at_stake": Decimal("88.00"),
    }
    return queue.NewItem(**usual | facts)


def test_many_items_open_in_one_statement_in_their_order(now: datetime, django_assert_num_queries):
    with django_assert_num_queries(1):
        items = queue.open_items([new_item(f"s{number}") for number in range(5)], now=now)
    assert [item.subject_public_id for item in items] == ["s0", "s1", "s2", "s3", "s4"]
    assert all(item.pk and item.state == WorkItem.State.OPEN for item in items)


def test_closing_twice_keeps_the_first_outcome(now: datetime):
    (item,) = queue.open_items([new_item()], now=now)
    user = UserFactory()
    queue.close_item(item, acting_user=user, now=now, outcome="Sent.")
    queue.close_item(item, acting_user=None, now=now + timedelta(hours=1), outcome="Again.")
    item.refresh_from_db()
    assert (item.state, item.closed_by, item.closed_at, item.outcome) == (WorkItem.State.DONE, user, now, "Sent.")


def test_closing_nothing_closes_nothing(now: datetime):
    (item,) = queue.open_items([new_item()], now=now)
    queue.close_item(None, acting_user=None, now=now)
    item.refresh_from_db()
    assert item.state == WorkItem.State.OPEN


def test_withdrawn_work_names_nobody(now: datetime):
    (item,) = queue.open_items([new_item()], now=now)
    assert queue.withdraw_items([item.pk], now=now, outcome="Paid meanwhile.") == 1
    item.refresh_from_db()
    assert (item.state, item.closed_by) == (WorkItem.State.WITHDRAWN, None)


def test_assigning_many_is_one_row_of_the_trail_and_leaves_closed_work_alone(now: datetime):
    one, other, closed = queue.open_items([new_item(f"s{number}") for number in range(3)], now=now)
    queue.close_item(closed, acting_user=None, now=now)
    boss, worker = UserFactory(), UserFactory()
    assert assign(items=[one, other, closed], assignee=worker, acting_user=boss, now=now) == 2
    assert set(WorkItem.objects.filter(assignee=worker)) == {one, other}
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.detail["assignee"]) == ("assign", boss, worker.public_id)
    assert set(event.detail["items"]) == {one.public_id, other.public_id}


def test_a_note_is_kept_and_the_trail_does_not_repeat_it(now: datetime):
    (item,) = queue.open_items([new_item()], now=now)
    author = UserFactory()
    add_note(item=item, text="  Left a message with the payer. ", acting_user=author, now=now)
    assert [note.text for note in item.notes.all()] == ["Left a message with the payer."]
    assert AuditEvent.objects.get().detail == {}


def test_an_empty_note_is_none(now: datetime):
    (item,) = queue.open_items([new_item()], now=now)
    assert add_note(item=item, text="  ", acting_user=UserFactory(), now=now) is None
    assert not AuditEvent.objects.exists()


def test_snoozed_work_comes_back_on_its_day(now: datetime):
    (item,) = queue.open_items([new_item(due_on=date(2026, 9, 30))], now=now)
    snooze(item=item, until=date(2026, 9, 20), today=TODAY, acting_user=UserFactory(), now=now)
    item.refresh_from_db()
    assert item.snoozed_until == date(2026, 9, 20)
    assert AuditEvent.objects.get().detail == {"until": "2026-09-20", "items": [item.public_id]}


@pytest.mark.parametrize(
    ("until", "sentence"),
    [(TODAY, "Choose a day after today."), (date(2026, 10, 1), "This is due before that day.")],
)
def test_work_cannot_sleep_into_the_past_or_past_its_day(now: datetime, until: date, sentence: str):
    (item,) = queue.open_items([new_item(due_on=date(2026, 9, 30))], now=now)
    with pytest.raises(SnoozeError, match=sentence):
        snooze(item=item, until=until, today=TODAY, acting_user=UserFactory(), now=now)
    assert not AuditEvent.objects.exists()
