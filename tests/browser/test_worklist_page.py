"""The worklist by keys: rows are selected, given, put off, all of a filter at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.core import clock
from apps.core.models import User
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener
from tests.factories.practice import PracticeFactory, UserFactory
from tests.workspace.test_worklist import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
LIST = reverse("workspace:worklist")


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def owned(person: User) -> set[str]:
    return set(WorkItem.objects.filter(assignee=person).values_list("title", flat=True))


def give(page: Page, person: User) -> None:
    page.locator("#id_assignee_bulk").select_option(label=person.display_name)
    page.keyboard.press("Enter")


def test_rows_are_selected_and_given_by_keys(open_page: Opener) -> None:
    for title in "abc":
        work(title)
    person = UserFactory(role=Role.CODER)
    page = open_page(Role.BILLER, LIST)
    for key in ("j", "x", "j", "j", "a"):
        page.keyboard.press(key)
    expect(page.locator("#id_assignee_bulk")).to_be_focused()
    give(page, person)
    expect(page.get_by_text(f"2 given to {person.display_name}.")).to_be_visible()
    assert owned(person) == {"a", "c"}


def test_a_row_is_put_off_by_keys_and_stands_in_its_tab(open_page: Opener) -> None:
    work("a")
    page = open_page(Role.BILLER, LIST)
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.locator("#id_until").fill((clock.today() + timedelta(days=2)).isoformat())
    page.locator("#id_until").press("Enter")
    expect(page.get_by_text("1 snoozed.")).to_be_visible()
    expect(page.locator("tr[data-row]")).to_have_count(0)
    page.get_by_role("link", name="Snoozed 1").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_all_of_a_filter_is_selected_as_it_stood(open_page: Opener, script: bool) -> None:
    for number in range(53):
        work(f"old {number:02}")
    person = UserFactory(role=Role.CODER)
    page = open_page(Role.BILLER, LIST, script=script)
    page.locator("tbody .pick input").first.check()
    page.get_by_role("button", name="Select all 53").click()
    expect(page.get_by_text("53 selected, as they stood at")).to_be_visible()
    expect(page.locator("tbody .pick input").first).to_be_checked()
    assert not script or look(page, "all selected") == []
    work("late")
    page.get_by_label("Give to", exact=True).select_option(label=person.display_name)
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text(f"53 given to {person.display_name}.")).to_be_visible()
    assert "late" not in owned(person)
    expect(page.get_by_text("as they stood at")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "o"])
def test_an_item_opens_beside_the_list_and_closes_by_keys(open_page: Opener, key: str) -> None:
    for title in "ab":
        work(title)
    page = open_page(Role.BILLER, LIST)
    for each in ("j", "j", key):
        page.keyboard.press(each)
    beside = page.locator("#beside")
    expect(beside.get_by_role("heading", name="b", exact=True)).to_be_focused()
    expect(beside.locator(".timeline")).to_contain_text("Opened")
    assert page.url.endswith(LIST)
    assert look(page, "beside") == []
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(beside.get_by_role("heading", name="a", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(beside.locator(".panel")).to_have_count(0)
    expect(page.locator("[data-row].cursor a.who")).to_be_focused()
    expect(page.locator("[data-row].cursor")).to_contain_text("a")


def test_what_is_done_beside_the_list_is_shown_in_it(open_page: Opener) -> None:
    work("a")
    work("b")
    person = UserFactory(role=Role.CODER)
    page = open_page(Role.BILLER, LIST)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    beside = page.locator("#beside")
    beside.get_by_text("Give to somebody").press("Enter")
    beside.get_by_label("Give to", exact=True).select_option(label=person.display_name)
    beside.get_by_role("button", name="Assign").press("Enter")
    expect(page.get_by_text(f"1 given to {person.display_name}.")).to_be_visible()
    expect(page.locator("[data-row].cursor")).to_contain_text(person.display_name)
    expect(beside.locator(".timeline")).to_contain_text(f"Given to {person.display_name}")
    beside.get_by_text("Snooze", exact=True).first.press("Enter")
    beside.get_by_label("Snooze until").fill((clock.today() + timedelta(days=2)).isoformat())
    beside.get_by_label("Snooze until").press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    beside.get_by_label("Note").fill("Called the payer")
    page.keyboard.press("Escape")
    expect(beside.get_by_label("Note")).to_have_value("Called the payer")
    beside.get_by_role("button", name="Close").click()
    expect(beside.locator(".panel")).to_have_count(0)


@pytest.mark.parametrize("dress", [{"width": "phone"}, {"script": False}])
def test_without_room_or_script_the_items_page_opens(open_page: Opener, dress: dict[str, object]) -> None:
    item = work("a")
    page = open_page(Role.BILLER, LIST, **dress)
    page.get_by_role("link", name="a", exact=True).click()
    expect(page).to_have_url(reverse("workspace:work_item", args=[item.public_id]))


def test_the_work_itself_is_opened_by_e(open_page: Opener) -> None:
    item = work("a")
    page = open_page(Role.BILLER, LIST)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page).to_have_url(reverse(item.url_name, args=[item.subject_public_id]))


@pytest.mark.axe
@pytest.mark.parametrize("width", ["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_with_its_tools_open_is_sound(open_page: Opener, width: str, theme: str) -> None:
    for number in range(3):
        work(f"Correct the member ID {number}", due_on=clock.today())
    page = open_page(Role.BILLER, LIST, width=width, theme=theme)
    page.locator("tbody .pick input").first.check()
    if width == "phone":
        page.get_by_role("button", name="Filters and views").click()
    for summary in page.locator(".list-tools summary").all():
        summary.click()
    assert look_long(page, f"worklist {width} {theme}") == []
