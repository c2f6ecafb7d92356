"""A real Chromium against a live server. Visibly skipped where there is no Chromium; under CI its absence is a failure."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.practice.roles import Role
from scripts.chromium import CHROMIUM, SIZES, start_chromium
from scripts.chromium_package import remedy
from tests.missing import skip_or_fail
from tests.signing_in import sign_in

# Milliseconds in which a page shows what is expected of it: of a busy machine five thousand, the library's own, are too few.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@dataclass
class Watch:
    """What went wrong in a page by itself: script errors, refusals of the content security policy."""

    problems: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        skip_or_fail(remedy())
    # Playwright's own loop runs in this thread; Django must not take that for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Every page of a test is watched; the test fails on what it did not expect."""
    watch = Watch()
    yield watch
    assert watch.problems == []


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Opener]:
    """`open_page(role, path, width="phone", theme="dark", script=False)`: a page of someone who is signed in.

    One person's pages come one after the other in one tab, as most people read.
    """
    from django.test import Client

    contexts: dict[tuple[Role | None, str, str, bool], BrowserContext] = {}
    cache.clear()

    def context_of(role: Role | None, width: str, theme: str, script: bool) -> BrowserContext:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=SIZES[width],
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=script,
            has_touch=width == "phone",
            timezone_id="America/Chicago",
        )
        if role is not None:
            client = Client()
            sign_in(client, role)
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        return context

    def tab_of(context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.problems.append(str(error)))
        return page

    def open_(role: Role | None, path: str, *, width: str = "wide", theme: str = "light", script: bool = True) -> Page:
        wanted = (role, width, theme, script)
        context = contexts.get(wanted) or contexts.setdefault(wanted, context_of(*wanted))
        page = context.pages[0] if context.pages else tab_of(context)
        page.goto(path)
        return page

    yield open_
    for context in contexts.values():
        context.close()
