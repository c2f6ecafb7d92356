"""On a phone the filters of the lists of money are a sheet, and each list begins in the first window."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.practice.roles import Role
from tests.browser.conftest import Opener
from tests.browser.sheets import opened_by_keyboard
from tests.factories.deposits import bank_row, banked, posted_payment
from tests.factories.patient_balances import BalanceFactory
from tests.factories.practice import PracticeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
LISTS = {
    "remittances:list": "Filter payments",
    "remittances:files": "Filter files",
    "remittances:deposits": "Choose what is shown",
    "balances:board": "Show one place of the board",
}


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()
    posted_payment("EFT0004211", "212.40", on=date(2026, 9, 25))
    banked(bank_row("REMOTE DEPOSIT", "95.00"), now=NOW)
    BalanceFactory(opened_at=NOW, state="stopped", stopped_reason="dispute")
    BalanceFactory(opened_at=NOW)


@pytest.mark.parametrize(("name", "label"), LISTS.items())
def test_on_a_phone_the_list_begins_in_the_first_window(open_page: Opener, name: str, label: str) -> None:
    page = open_page(Role.BILLER, reverse(name), width="phone")
    chips = page.get_by_role("list", name=label)
    expect(chips).to_be_hidden()
    with opened_by_keyboard(page):
        expect(chips).to_be_visible()
    wide = open_page(Role.BILLER, reverse(name))
    expect(wide.get_by_role("list", name=label)).to_be_visible()
    expect(wide.get_by_role("button", name="Filters and views")).to_be_hidden()


def test_deposits_say_on_a_phone_which_part_is_shown(open_page: Opener) -> None:
    page = open_page(Role.BILLER, reverse("remittances:deposits"), width="phone")
    chosen = page.get_by_role("list", name="Chosen filters").get_by_role("link")
    expect(chosen).to_have_text("Credits without an 835 1")


def test_a_place_of_the_sequence_where_nobody_owes_takes_no_line_for_money(open_page: Opener) -> None:
    page = open_page(Role.BILLER, reverse("balances:board"), width="phone")
    heights = {
        stage.locator("h3").inner_text(): stage.evaluate("stage => stage.clientHeight")
        for stage in page.locator(".stage").all()
    }
    assert heights["Reminder sent"] < heights["Not told yet"]
