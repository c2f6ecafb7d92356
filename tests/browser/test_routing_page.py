"""The routing rules in a real browser: each page for axe, and a rule moved by keyboard, which stays under the fingers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.denials.services import Route, add_route, end_route
from apps.practice.roles import Role
from tests.browser.axe import look_long
from tests.browser.conftest import Opener
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
LIST = reverse("denials:routes")


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()


@pytest.mark.axe
def test_the_pages_are_open_to_everyone(open_page: Opener) -> None:
    user = UserFactory(role=Role.ADMINISTRATOR)
    payer = PayerFactory(name="The Farmers and Merchants Mutual Benefit of Travis County")
    words = "Call the family, ask which plan pays first, and enter the other one in the EHR before the visit is billed"
    for carc in ("22", "B16"):
        route = Route(carc, payer, "coordination", "biller", words)
        rule = add_route(route=route, acting_user=user, now=NOW)
    end_route(key=rule.pk, acting_user=user, now=NOW)
    pages = {
        "list": LIST,
        "new": reverse("denials:new_route"),
        "change": reverse("denials:route", args=[rule.pk - 1]),
    }
    found: list[str] = []
    for name, path in pages.items():
        found += look_long(open_page(Role.ADMINISTRATOR, path), name)
    assert found == []


def test_a_rule_that_is_moved_by_keyboard_stays_under_the_fingers(open_page: Opener) -> None:
    page = open_page(Role.ADMINISTRATOR, LIST)
    page.get_by_role("button", name="Move rule 3 up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("2. Code 97")
    expect(page.get_by_role("button", name="Move rule 2 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("1. Code 97")
    expect(page.get_by_role("button", name="Move rule 1 up")).to_be_disabled()
