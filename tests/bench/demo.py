"""How long the server takes for every page of the demo practice, as `make run` serves it: from the request to the last byte.

`python -m tests.bench.demo`. The demo lives through its past in a throw-away folder; then the pages of each role are found and measured as
those of the large practice are (`tests.bench.pages`), and a patient's from the link of a text on. Exit status 1 where one misses the bar.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from itertools import chain

import httpx

from scripts.patient_visits import links, patient_of
from scripts.screenshots import Person, code_of, demo
from tests.bench.pages import NO_PAGE, judged, measured, searches, walk

MOST_MILLISECONDS = 150
PORT = 8400
SANDBOX = f"http://127.0.0.1:{PORT + 10}"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK_TOKEN = re.compile(r'name="token" value="([^"]+)"')
# The back office is Django's own.
NOT_PAGES = re.compile(rf"^/(back-office|static|webhooks)/|{NO_PAGE}")
SECONDS = 60  # no page is waited for longer


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    import django

    django.setup()  # the names of the pages are asked, no database
    refused: list[str] = []
    with demo(PORT, history=True) as (base, people):
        return judged("demo pages bench", _pages(base, SANDBOX, people, refused), refused, most=MOST_MILLISECONDS)


def _pages(base: str, sandbox: str, people: list[Person], refused: list[str]) -> Iterator[tuple[str, str, float]]:
    """Whose each is, its address and its milliseconds."""
    for person in people:
        with httpx.Client(base_url=base, timeout=SECONDS) as browser:
            _sign_in(browser, person)
            for path, took in chain(searches(browser), walk(browser, refused, most=MOST_MILLISECONDS, but=NOT_PAGES)):
                yield person.role, path, took
    for path, took in _pages_of_patients(base, sandbox, refused):
        yield "patient", path, took


def _sign_in(browser: httpx.Client, person: Person) -> None:
    asked = _sent(browser, "/account/login/", login=person.email, password=person.password)
    _sent(browser, asked, code=code_of(person.secret, time.time()))
    browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]


def _pages_of_patients(base: str, sandbox: str, refused: list[str]) -> Iterator[tuple[str, float]]:
    """Of the first who owes and of the first who has paid."""
    seen: set[bool] = set()
    for number, door in links(sandbox):
        with httpx.Client(base_url=base, timeout=SECONDS) as browser:
            took, page, _ = measured(browser, door)
            if took is None or not (token := LINK_TOKEN.search(page)):
                continue  # a link that is closed
            _sent(browser, door, to="/pay/enter", token=token[1])
            questions, _, status = measured(browser, "/pay/verify")
            if questions is None:
                sys.exit(f"The questions to a patient answered {status}.")
            patient = patient_of(sandbox, number)
            _sent(browser, "/pay/verify", birth_date=patient["birth_date"], postcode=patient["address"]["zip"][:5])
            owes = 'data-step="pay"' in browser.get("/pay/bill").text
            if owes in seen:
                continue
            seen.add(owes)
            yield door, took
            yield "/pay/verify", questions
            yield from walk(browser, refused, "/pay/bill", most=MOST_MILLISECONDS, but=NOT_PAGES)
        if len(seen) == 2:
            return


def _sent(browser: httpx.Client, path: str, *, to: str = "", **fields: str) -> str:
    """The form of that page, sent to itself or to another address; where the answer leads."""
    token = TOKEN.search(browser.get(path).raise_for_status().text)
    answer = browser.post(to or path, data={**fields, "csrfmiddlewaretoken": token[1] if token else ""})
    if not answer.is_redirect:
        sys.exit(f"{to or path} did not take what was sent: {answer.status_code}")
    return answer.headers["Location"]


if __name__ == "__main__":
    sys.exit(main())
