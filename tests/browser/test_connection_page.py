"""The test of a link in a real browser: asked for, told in the end by itself, and without script too."""

from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.connectors.ports.errors import OutageError
from apps.connectors.try_out import run_try_out
from apps.core.models import JobRun
from apps.practice.roles import Role
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener, Watch
from tests.factories.connectors import PaymentsConnectionFactory
from tests.factories.practice import PracticeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
PAGE = reverse("settings:connections")
WRONG_ANSWER = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"


class Away:
    """An adapter whose other side is away."""

    def __init__(self, _settings: dict[str, str]) -> None:
        pass

    def try_out(self) -> None:
        raise OutageError("The card processor could not be reached.")


@pytest.fixture(autouse=True)
def cards(settings: Settings, nudges: list[tuple[str, str]]) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "stripe": f"{__name__}.Away"}
    PracticeFactory()
    PaymentsConnectionFactory(name="Cards")


def work(now: datetime) -> None:
    run_try_out(run_id=JobRun.objects.get().public_id, now=now)


@pytest.mark.axe
def test_the_page_tells_the_end_by_itself(open_page: Opener, now: datetime) -> None:
    page = open_page(Role.ADMINISTRATOR, PAGE)
    page.get_by_role("button", name="Test Cards").click()
    told = page.get_by_role("status").filter(has_text="Cards")
    expect(told).to_contain_text("Cards is asked in a moment.")
    assert look(page, "test at work") == []
    work(now)
    expect(told).to_contain_text("Cards does not answer. The card processor could not be reached.")
    expect(page.locator(".page-head .lead")).to_contain_text("Cards does not answer.")
    expect(page.locator("#links-now .table")).to_contain_text("Does not answer")
    assert look(page, "test that failed") == []


@pytest.mark.axe
def test_a_system_is_connected_by_keyboard_on_pages_that_are_open_to_everyone(open_page: Opener, watch: Watch) -> None:
    page = open_page(Role.ADMINISTRATOR, reverse("settings:choose_system"))
    found = look_long(page, "systems")
    page.get_by_role("link", name="Waystar").press("Enter")
    expect(page.get_by_role("heading", name="Connect Waystar")).to_be_visible()
    found += look_long(page, "new connection")
    page.get_by_label("SFTP password").fill("p4ss")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing passes without it.").first).to_be_visible()
    expect(page.get_by_label("SFTP password")).to_have_value("")
    assert watch.problems.pop() == WRONG_ANSWER
    found += look(page, "what a connection lacks")
    page.get_by_label("Switched on").press("Space")
    page.get_by_label("SFTP password").fill("p4ss")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waystar is saved.")).to_be_visible()
    page.get_by_role("link", name="Waystar", exact=True).first.press("Enter")
    expect(page.get_by_label("SFTP password")).to_have_attribute("placeholder", "Stored. Empty: it stays as it is")
    assert found + look(page, "connection") == []


def test_without_script_the_page_is_looked_at_again(open_page: Opener, now: datetime) -> None:
    page = open_page(Role.ADMINISTRATOR, PAGE, script=False)
    page.get_by_role("button", name="Test Cards").click()
    work(now)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#connection-test")).to_contain_text("Cards does not answer.")
