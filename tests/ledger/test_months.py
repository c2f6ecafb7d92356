from datetime import date, datetime
from inspect import unwrap

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import AuditEvent
from apps.ledger.models import Account, ClosedMonth, Entry, Leg
from apps.ledger.selectors import book_months, first_open_month, ledger_faults, movements
from apps.ledger.services import MonthCannotCloseError, close_month, post_entries
from tests.factories.ledger import entry
from tests.factories.practice import UserFactory
from tests.locks import elsewhere

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
CASH, CLEARING = (Account.DEPOSITS, "5.00"), (Account.PAYER_CLEARING, "-5.00")

pytestmark = pytest.mark.django_db


def book(key: str, posted_on: date, now: datetime) -> None:
    post_entries([entry(key, CASH, CLEARING, posted_on=posted_on)], now=now)


def test_a_month_that_is_over_is_closed_and_says_by_whom(now: datetime) -> None:
    book("august", date(2026, 8, 31), now)
    boss = UserFactory()
    closed = close_month(AUGUST, acting_user=boss, now=now)
    assert (closed.month, closed.closed_at, closed.closed_by) == (AUGUST, now, boss)
    assert first_open_month() == SEPTEMBER
    trail = AuditEvent.objects.get(action="close_month")
    assert (trail.actor, trail.detail) == (boss, {"month": "2026-08"})


def test_the_database_refuses_an_entry_in_a_closed_month(now: datetime) -> None:
    book("august", date(2026, 8, 31), now)
    close_month(AUGUST, acting_user=UserFactory(), now=now)
    with pytest.raises(IntegrityError, match="The books of 2026-08 are closed"), transaction.atomic():
        book("late", date(2026, 8, 1), now)
    with pytest.raises(IntegrityError, match="The books of 2026-08 are closed"), transaction.atomic():
        Entry.objects.create(kind="deposit", key="raw", posted_on=date(2026, 8, 31), created_at=now)
    august = Entry.objects.get(key="august")
    legs = [Leg(entry=august, account=account, amount=amount) for account, amount in (CASH, CLEARING)]
    with pytest.raises(IntegrityError, match="The books of 2026-08 are closed"), transaction.atomic():
        Leg.objects.bulk_create(legs)
    book("correction", date(2026, 9, 1), now)
    assert set(Entry.objects.values_list("key", flat=True)) == {"august", "correction"}


@pytest.mark.parametrize(
    ("month", "why"),
    [
        (SEPTEMBER, "September 2026 is not over yet."),
        (date(2026, 6, 1), "June 2026 is closed already, or holds nothing."),
        (AUGUST, "Close July 2026 first: the months close in order."),
    ],
)
def test_months_close_in_order_and_only_when_they_are_over(month: date, why: str, now: datetime) -> None:
    book("july", date(2026, 7, 5), now)
    with pytest.raises(MonthCannotCloseError, match=why):
        close_month(month, acting_user=UserFactory(), now=now)
    assert ClosedMonth.objects.count() == 0


def test_a_month_without_entries_between_two_closes_too(now: datetime) -> None:
    book("july", date(2026, 7, 5), now)
    boss = UserFactory()
    close_month(JULY, acting_user=boss, now=now)
    close_month(AUGUST, acting_user=boss, now=now)
    with pytest.raises(MonthCannotCloseError, match="closed already"):
        close_month(AUGUST, acting_user=boss, now=now)
    assert first_open_month() == SEPTEMBER


def test_empty_books_have_no_month_to_close(now: datetime) -> None:
    assert (book_months(), first_open_month()) == ([], None)
    with pytest.raises(MonthCannotCloseError, match="holds nothing"):
        close_month(AUGUST, acting_user=UserFactory(), now=now)


@pytest.mark.django_db(transaction=True)
def test_unsound_books_do_not_close(now: datetime) -> None:
    book("august", date(2026, 8, 31), now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_leg DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_leg")
        cursor.execute("ALTER TABLE ledger_leg ENABLE TRIGGER USER")
    with pytest.raises(MonthCannotCloseError, match="Entry august has no legs"):
        close_month(AUGUST, acting_user=UserFactory(), now=now)


@pytest.mark.parametrize("posts", [False, True])
def test_the_books_are_looked_through_again_only_where_something_was_posted_meanwhile(
    posts: bool, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book("august", date(2026, 8, 31), now)
    looks: list[int] = []

    def look() -> list[str]:
        looks.append(Entry.objects.count())
        if posts and len(looks) == 1:
            book("meanwhile", date(2026, 8, 30), now)
        return []

    monkeypatch.setitem(unwrap(close_month).__globals__, "ledger_faults", look)
    close_month(AUGUST, acting_user=UserFactory(), now=now)
    assert looks == ([1, 2] if posts else [1])


@pytest.mark.django_db(transaction=True)
def test_whoever_posts_while_a_month_closes_ends_first(now: datetime) -> None:
    """Without the lock the entry would commit into a month that closed while it was being written."""
    book("first", date(2026, 8, 3), now)
    boss = UserFactory()

    def close() -> int:
        close_month(AUGUST, acting_user=boss, now=now)
        return Leg.objects.count()

    with transaction.atomic():
        book("second", date(2026, 8, 4), now)
        closing = elsewhere(close)
        assert not closing.done()
    assert closing.result() == 4


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_closedmonth SET month = '2026-01-01'", "DELETE FROM ledger_closedmonth"]
)
def test_a_closed_month_is_never_opened_again(statement: str, now: datetime) -> None:
    book("august", date(2026, 8, 31), now)
    close_month(AUGUST, acting_user=UserFactory(), now=now)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_got_into_a_closed_month_all_the_same_is_found(now: datetime) -> None:
    book("august", date(2026, 8, 31), now)
    close_month(AUGUST, acting_user=UserFactory(), now=now)
    assert ledger_faults() == []
    with connection.cursor() as cursor:
        for table, trigger in (("entry", "ledger_entry_month_is_open"), ("leg", "ledger_leg_month_is_open")):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER {trigger}")
        book("smuggled", date(2026, 8, 31), now.replace(day=17))
        for table, trigger in (("entry", "ledger_entry_month_is_open"), ("leg", "ledger_leg_month_is_open")):
            cursor.execute(f"ALTER TABLE ledger_{table} ENABLE TRIGGER {trigger}")
    assert ledger_faults() == [
        "Entry smuggled was posted into 2026-08 after that month was closed. Reverse it, and post it in the open month."
    ]


def test_movements_are_debits_and_credits_by_account(now: datetime) -> None:
    book("first", date(2026, 8, 1), now)
    book("last", date(2026, 8, 31), now)
    book("next", date(2026, 9, 1), now)
    assert [(row.account, str(row.debits), str(row.credits), str(row.net)) for row in movements(AUGUST)] == [
        (Account.PAYER_CLEARING, "0.00", "10.00", "-10.00"),
        (Account.DEPOSITS, "10.00", "0.00", "10.00"),
    ]
    assert book_months() == [SEPTEMBER, AUGUST]
