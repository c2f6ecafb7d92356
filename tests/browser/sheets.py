"""A list on a phone, whose filters stand in a sheet."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.browser.axe import look


@contextmanager
def opened_by_keyboard(page: Page) -> Iterator[None]:
    """The list begins in the first window. Its sheet is open, with the focus in it, and without a fault of axe's; then it is put away."""
    assert page.locator("tr[data-row]").first.evaluate("row => row.getBoundingClientRect().top < innerHeight")
    opener = page.get_by_role("button", name="Filters and views")
    opener.press("Enter")
    page.keyboard.press("Tab")
    yield
    assert look(page, "the sheet") == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
