"""Room where it is wanted: a form's fields on a phone, the next step in the list of Today."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.practice.roles import Role
from tests.browser.axe import grave_findings
from tests.browser.conftest import Opener, Watch
from tests.browser.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def width(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["width"]


def test_a_field_has_the_row_and_state_and_zip_share_one(open_page: Opener) -> None:
    page = open_page(Role.ADMINISTRATOR, reverse("settings:edit_practice"), width="phone", theme="dark")
    form = width(page, "main form.stack")
    for name in ("name", "messaging_name", "taxonomy", "phone", "line1", "city"):
        assert width(page, f"[name={name}]") == form
    assert width(page, "[name=state]") + width(page, "[name=postcode]") < form
    tops = {page.locator(f"[name={name}]").bounding_box()["y"] for name in ("state", "postcode")}  # type: ignore[index]  # both are shown
    assert len(tops) == 1
    assert width(page, "main form.stack .btn.primary") == form


def test_a_form_that_is_refused_stays_whole_on_a_phone(open_page: Opener, watch: Watch) -> None:
    page = open_page(Role.ADMINISTRATOR, reverse("settings:edit_practice"), width="phone", theme="dark")
    page.locator("[name=phone]").fill("555-0100")
    with page.expect_console_message(lambda said: "422" in said.text) as said:
        page.locator("main form.stack .btn.primary").click()
    watch.problems.remove(said.value.text)
    expect(page.get_by_text("Write ten digits with the area code").first).to_be_visible()
    expect(page.locator("[name=phone]")).to_have_value("555-0100")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert grave_findings(page) == []


def test_what_can_be_done_to_a_row_of_today_takes_no_room_of_its_next_step(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, reverse("workspace:today"))
    row = page.locator("#work tr[data-row]").first
    step = row.locator("td").nth(2).bounding_box()
    money = row.locator("td.money").bounding_box()
    assert step is not None
    assert money is not None
    assert money["x"] - (step["x"] + step["width"]) < 8
    verbs = row.locator(".row-verbs")
    expect(verbs).to_have_css("opacity", "0")
    row.hover()
    expect(verbs).to_have_css("opacity", "1")
    row.get_by_role("button", name="Take").click()
    page.locator("#work .avatar").first.wait_for()
