from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.ledger.models import Account, ClosedMonth, Entry, WriteOffReason
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.practice.roles import Role
from tests.factories.ledger import entry
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(settings, tmp_path: Path, now: datetime) -> Callable[..., None]:
    (tmp_path / "clock").write_text(now.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")

    def post(*days: date) -> None:
        legs = ((Account.DEPOSITS, "1234.50"), (Account.PAYER_CLEARING, "-1234.50"))
        post_entries([entry(f"{day}", *legs, posted_on=day) for day in days], now=now)

    return post


def months(client: Client, query: str = "") -> str:
    answer = client.get(reverse("reports:months") + query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def close(client: Client, month: str) -> str:
    answer = client.post(reverse("reports:close_month", args=[month]), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_month_that_closes_next_is_shown_and_closed_for_good(books: Callable[..., None]) -> None:
    books(date(2026, 8, 4), date(2026, 9, 2))
    boss = browser_of(Role.ADMINISTRATOR)
    text = months(boss)
    assert "1,234.50" in text
    assert ">Payer clearing<" in text
    assert "Close August 2026" in text
    assert "August 2026 is closed." in close(boss, "2026-08")
    assert ClosedMonth.objects.get().month == date(2026, 8, 1)
    assert "Close August 2026" not in months(boss, "?month=2026-08")


def test_a_running_month_and_one_out_of_order_have_no_button(books: Callable[..., None]) -> None:
    books(date(2026, 7, 4), date(2026, 8, 4), date(2026, 9, 2))
    boss = browser_of(Role.ADMINISTRATOR)
    assert "Not over yet" in months(boss, "?month=2026-09")
    text = months(boss, "?month=2026-08")
    assert "Months close in order" in text
    assert "Close August" not in text
    assert "Close July 2026 first" in close(boss, "2026-08")
    assert ClosedMonth.objects.count() == 0


def test_a_biller_sees_the_months_and_closes_none(books: Callable[..., None]) -> None:
    books(date(2026, 8, 4))
    biller = browser_of(Role.BILLER)
    assert "An administrator closes the month." in months(biller)
    assert biller.post(reverse("reports:close_month", args=["2026-08"])).status_code == 403
    assert ClosedMonth.objects.count() == 0


@pytest.mark.parametrize("month", ["2026-13", "august", "2026-8"])
def test_what_is_no_month_is_not_found(books: Callable[..., None], month: str) -> None:
    books(date(2026, 8, 4))
    boss = browser_of(Role.ADMINISTRATOR)
    assert boss.post(reverse("reports:close_month", args=[month])).status_code == 404
    assert boss.get(reverse("reports:months") + f"?month={month}").status_code == 404


def test_empty_books_say_so(books: Callable[..., None]) -> None:
    books()
    text = months(browser_of(Role.ADMINISTRATOR))
    assert "Nothing is booked yet" in text
    assert 'aria-label="Months"' not in text


def test_the_months_take_a_constant_number_of_queries(
    books: Callable[..., None], django_assert_max_num_queries: Callable[..., object]
) -> None:
    books(*(date(2026, month, day) for month in range(1, 9) for day in range(1, 20)))
    boss = browser_of(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        months(boss)


def test_the_month_shows_what_was_given_up_by_reason(books: Callable[..., None], now: datetime) -> None:
    books(date(2026, 8, 4))
    legs = (NewLeg(Account.WRITE_OFF, Decimal("12.34")), NewLeg(Account.INSURANCE_RECEIVABLE, Decimal("-12.34")))
    new = NewEntry(Entry.Kind.ADJUSTMENT, "given up", date(2026, 8, 31), legs, reason=WriteOffReason.CHARITY)
    post_entries([new], now=now)
    boss = browser_of(Role.ADMINISTRATOR)
    text = months(boss)
    assert '<th scope="row">Charity or hardship</th><td class="money">1</td><td class="money">$12.34</td>' in text
