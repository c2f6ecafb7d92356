"""Where a system sets the colors itself, what one is at is still told from the rest; and paper is white."""

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, expect

from apps.practice.roles import Role
from tests.browser.conftest import Opener
from tests.browser.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
LOOKS = """element => {
  const style = getComputedStyle(element);
  const border = parseFloat(style.borderBottomWidth) ? style.borderBottomColor : "";
  return [border, style.outlineStyle].join(" ");
}"""


def looks(element: Locator) -> str:
    return str(element.evaluate(LOOKS))


def test_with_forced_colors_what_one_is_at_is_told_from_the_rest(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, f"{reverse('workspace:worklist')}?due=today")
    page.emulate_media(forced_colors="active")
    for one in (".nav a.item", ".tabs a", ".filters .chip"):
        chosen = page.locator(one).and_(page.locator("[aria-current]")).first
        other = page.locator(one).and_(page.locator(":not([aria-current])")).first
        assert looks(chosen) != looks(other), one
    page.keyboard.press("j")
    row = page.locator("tr.cursor")
    expect(row).to_have_count(1)
    assert looks(row) != looks(page.locator("tr[data-row]:not(.cursor)").first)


def test_a_page_in_the_dark_is_printed_on_white(open_page: Opener) -> None:
    page = open_page(Role.BILLER, reverse("workspace:today"), theme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    paper, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.emulate_media(media="screen", color_scheme="light")
    assert [paper, ink] == page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
