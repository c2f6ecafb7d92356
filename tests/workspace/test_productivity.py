"""What was closed by whom: by day and week, by kind, and how long it was open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core.models import User
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item, withdraw_items
from apps.workspace.selectors.productivity import duration_words, periods_to, productivity
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("workspace:productivity")
# A Wednesday evening of the practice.
NOW = datetime(2026, 9, 16, 23, 0, tzinfo=UTC)
TODAY = date(2026, 9, 16)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    PracticeFactory()
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def item(opened: datetime, kind: str = "claim_exception") -> WorkItem:
    return open_item(
        kind=kind,
        title="Correct the member ID",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:exception",
        subject_public_id="x",
        now=opened,
    )


def closed(by: User | None, at: datetime, *, after: timedelta = HOUR, kind: str = "claim_exception") -> None:
    close_item(item(at - after, kind), acting_user=by, now=at)


def figures(rows: list[object]) -> dict[str, tuple[int, ...]]:
    return {row.label: row.numbers for row in rows}  # type: ignore[attr-defined]  # rows of the selector


def test_each_person_is_counted_on_the_practices_own_days() -> None:
    ada, ben = UserFactory(first_name="Ada"), UserFactory(first_name="Ben")
    closed(ada, NOW)
    closed(ada, NOW - DAY)
    # Past midnight in UTC, and still the 15th in the practice.
    closed(ada, datetime(2026, 9, 16, 3, tzinfo=UTC))
    closed(ben, NOW - 6 * DAY)
    closed(ben, NOW - 7 * DAY)
    closed(None, NOW)
    found = productivity(TODAY, by_week=False)
    assert figures(found.people) == {
        ada.display_name: (0, 0, 0, 0, 0, 2, 1),
        ben.display_name: (1, 0, 0, 0, 0, 0, 0),
        "By itself": (0, 0, 0, 0, 0, 0, 1),
    }
    assert found.whole.total == 5
    assert found.people[0].label == ada.display_name


def test_weeks_begin_on_monday() -> None:
    ada = UserFactory()
    for at in (NOW, NOW - 2 * DAY, NOW - 3 * DAY, NOW - 37 * DAY, NOW - 38 * DAY):
        closed(ada, at)
    assert [period.first for period in periods_to(TODAY, by_week=True)][-2:] == [date(2026, 9, 7), date(2026, 9, 14)]
    assert productivity(TODAY, by_week=True).people[0].numbers == (1, 0, 0, 0, 1, 2)


def test_what_is_open_or_went_away_is_not_counted() -> None:
    item(NOW)
    withdraw_items([item(NOW).pk], now=NOW, outcome="gone")
    found = productivity(TODAY, by_week=False)
    assert (found.people, found.kinds, found.whole.total, found.whole.median) == ([], [], 0, None)


def test_the_median_is_of_the_time_from_opened_to_closed() -> None:
    ada, ben = UserFactory(), UserFactory()
    for hours in (1, 3, 40):
        closed(ada, NOW, after=hours * HOUR)
    closed(ben, NOW, after=4 * HOUR, kind="denial")
    found = productivity(TODAY, by_week=False)
    assert {row.key: row.median for row in found.people} == {ada.public_id: 3 * HOUR, ben.public_id: 4 * HOUR}
    assert {row.label: row.median for row in found.kinds} == {"Claim exception": 3 * HOUR, "Denial": 4 * HOUR}
    assert found.whole.median == 3.5 * HOUR


def test_a_kind_narrows_the_people_and_a_person_the_kinds() -> None:
    ada, ben = UserFactory(), UserFactory()
    closed(ada, NOW)
    closed(ada, NOW, kind="denial")
    closed(ben, NOW)
    found = productivity(TODAY, by_week=False, kind="denial", person=ada.public_id)
    assert set(figures(found.people)) == {ada.display_name}
    assert set(figures(found.kinds)) == {"Claim exception", "Denial"}
    assert found.whole.total == 1


@pytest.mark.parametrize(
    ("span", "words"),
    [(HOUR / 2, "30 min"), (HOUR, "1 h"), (47 * HOUR, "47 h"), (5 * DAY, "5 d"), (None, ""), (timedelta(), "0 min")],
)
def test_spans_are_said_roughly(span: timedelta | None, words: str) -> None:
    assert duration_words(span) == words


@pytest.mark.long
def test_the_page_says_it_and_each_row_narrows_it(signed_in: Callable[[Role | None], Client]) -> None:
    administrator, ada = signed_in(Role.ADMINISTRATOR), UserFactory(role=Role.BILLER)
    assert "Nothing was closed yet" in administrator.get(PAGE).content.decode()
    closed(ada, NOW)
    closed(None, NOW, kind="denial")
    for query in ("", "?by=week", f"?by=week&person={ada.public_id}", "?kind=denial"):
        text = administrator.get(PAGE + query).content.decode()
        assert "UNDEFINED_VARIABLE" not in text
        assert ada.display_name in text or "denial" in query
    text = administrator.get(f"{PAGE}?person={ada.public_id}").content.decode()
    assert f'href="?by=day&amp;kind=claim_exception&amp;person={ada.public_id}"' in text
    assert "Only " in text
    assert "Nothing of this was closed" in administrator.get(f"{PAGE}?person=nobody&kind=x").content.decode()
    assert PAGE in administrator.get(reverse("workspace:worklist")).content.decode()


@pytest.mark.parametrize("role", [None, Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_it_is_for_administrators(signed_in: Callable[[Role | None], Client], role: Role | None) -> None:
    browser = signed_in(role)
    assert browser.get(PAGE).status_code == 403
    if role:
        assert PAGE not in browser.get(reverse("workspace:worklist")).content.decode()


@pytest.mark.long
def test_queries_do_not_grow_with_the_people(
    signed_in: Callable[[Role | None], Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    closed(UserFactory(), NOW)
    administrator.get(PAGE)
    with django_assert_num_queries(QUERIES):
        administrator.get(PAGE)
    for _ in range(5):
        closed(UserFactory(), NOW, kind="denial")
    with django_assert_num_queries(QUERIES):
        administrator.get(PAGE)


QUERIES = 19
