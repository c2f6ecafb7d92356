"""A patient of the demo on their own pages: the link from a text on their phone, the two questions, the bill behind them."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Page

# The newest texts that are tried: most of a month's patients have not paid.
MOST_LINKS = 40


@dataclass(frozen=True)
class Visit:
    """`asked` is the browser's state before the two questions, `inside` behind them."""

    door: str
    asked: Any
    inside: Any


def visits(browser: Browser, base: str, sandbox: str) -> dict[str, Visit]:
    """One who owes ("patient") and one who has paid ("patient-paid"), as far as the demo has them."""
    found: dict[str, Visit] = {}
    for number, door in links(sandbox):
        context = browser.new_context(base_url=base)
        page = context.new_page()
        asked = _open(page, door)
        if asked is not None and _answer(page, patient_of(sandbox, number)):
            owes = page.locator("[data-step=pay]").count() > 0
            found.setdefault("patient" if owes else "patient-paid", Visit(door, asked, context.storage_state()))
        context.close()
        if len(found) == 2:
            break
    return found


def _open(page: Page, door: str) -> Any:
    """Through the door to the questions; None for a link that is closed."""
    page.goto(door)
    button = page.locator("[data-step=open] button")
    if button.count() == 0:
        return None
    button.click()
    return page.context.storage_state()


def _answer(page: Page, patient: Any) -> bool:
    page.locator("input[name=birth_date]").fill(patient["birth_date"])
    page.locator("input[name=postcode]").fill(patient["address"]["zip"][:5])
    page.locator("[data-step=verify] button").click()
    return urlsplit(page.url).path == "/pay/bill"


def links(sandbox: str) -> Iterator[tuple[str, str]]:
    """Telephone and the link's path, the newest text first."""
    phone = _get(f"{sandbox}/control/practice")["connections"]["phone"]
    address = f"{phone['base_url']}/2010-04-01/Accounts/{phone['account_sid']}/Messages.json?PageSize=1000"
    pair = base64.b64encode(f"{phone['account_sid']}:{phone['auth_token']}".encode()).decode()
    linked = [text for text in _get(address, Authorization=f"Basic {pair}")["messages"] if "/pay/" in text["body"]]
    for text in linked[:MOST_LINKS]:
        link = next(word for word in text["body"].split() if "/pay/" in word)
        yield text["to"], urlsplit(link).path


def patient_of(sandbox: str, number: str) -> Any:
    """Whose telephone that is."""
    return _get(f"{sandbox}/control/patients/{quote(number)}")


def _get(address: str, **headers: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:  # noqa: S310  loopback
        return json.load(answer)
