"""`make screenshots`: every page that each role and a patient can reach, wide and narrow, light and dark, with rows and with none.

Starts the product twice on throw-away demos, signs each person in with password and code, opens the link of a patient's text, follows
the links, saves what it sees under var/screenshots and has axe judge it. Fails on a serious or critical finding, a refusal by the content
security policy, a script error, a page that scrolls sideways, or an answer of 400 and above.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from scripts.chromium import CHROMIUM, SIZES, start_chromium
from scripts.chromium_package import remedy
from scripts.patient_visits import visits

ROOT = Path(__file__).resolve().parent.parent
DRESSES = [(width, theme) for width in ("wide", "phone") for theme in ("light", "dark")]
GRAVE = {"serious", "critical"}
START_SECONDS = 1800
# More shapes than this are ids that `shape_of` does not know.
PAGES_A_ROLE = 300
# The back office is Django's own; what changes something or sends a file is not a page to look at.
NOT_PAGES = re.compile(r"^/(back-office|static|webhooks)/|/(logout|download)/|\.(pdf|csv|xlsx|txt)$|/pdf/")
EXPECTED = {"/no-such-page/": 404, "/pay/cut-off": 404}
LISTEN = (
    "document.addEventListener('securitypolicyviolation', e => console.error('policy refused ' + e.violatedDirective))"
)


@dataclass(frozen=True)
class Person:
    role: str
    email: str
    password: str
    secret: str


@dataclass
class Verdict:
    """What was looked at, and what was wrong, by page."""

    pages: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, page: str, problem: str) -> None:
        if problem not in self.wrong.setdefault(page, []):
            self.wrong[page].append(problem)


def code_of(secret: str, now: float) -> str:
    """The six digits of an authenticator app (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), int(now // 30).to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


@contextmanager
def demo(port: int, *, history: bool) -> Iterator[tuple[str, list[Person]]]:
    """The product with its demo practice in a folder of its own, gone at the end; its address and its people."""
    with tempfile.TemporaryDirectory(prefix="screenshots-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command = [sys.executable, "manage.py", "up", "--port", str(port), *([] if history else ["--no-history"])]
        variables = {**os.environ, "THROUGHLINE_VAR": name, "PYTHONUNBUFFERED": "1"}
        with (folder / "up.log").open("w") as said:
            process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield f"http://127.0.0.1:{port}", _people(process, folder)
        finally:
            if process.poll() is not None:
                print(f"The demo ended by itself. It said:\n{(folder / 'up.log').read_text()[-2000:]}", file=sys.stderr)
            process.terminate()
            process.wait(timeout=120)


def _people(process: "subprocess.Popen[bytes]", folder: Path) -> list[Person]:
    """The demo's staff, from the file that `up` keeps, once it has said that everything runs."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        if "Ctrl-C" in (folder / "up.log").read_text():
            rows = json.loads((folder / "demo-users.json").read_text())
            return [Person(row["role"], row["email"], row["password"], row["totp_secret"]) for row in rows]
        time.sleep(1)
    sys.exit("No demo to look at." if process.poll() is not None else f"It did not start within {START_SECONDS} s.")


def sign_in(browser: Browser, base: str, person: Person) -> Any:
    """The cookies of a session with both factors."""
    context = browser.new_context(base_url=base)
    page = context.new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.locator("main button[type=submit]").first.click()
    page.locator("input[name=code]").fill(code_of(person.secret, time.time()))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_selector("nav.nav")
    state = context.storage_state()
    context.close()
    return state


def shape_of(address: str) -> str:
    """An address without its ids and filters: pages of one shape are looked at once."""
    path = re.sub(r"^/automations/(step/)?[^/]+/$", r"/automations/\1one/", urlsplit(address).path)
    path = re.sub(r"/[0-9]+(?=/)", "/n", path)
    path = re.sub(r"^/pay/(receipt/)?[A-Za-z0-9_-]{16,}$", r"/pay/\1one", path)
    return re.sub(r"/[0-9a-hjkmnp-tv-z]{16}(?=/|$)", "/one", path)


def addresses(page: Page, base: str, start: str) -> list[str]:
    """A person's pages, one of each shape, in the order in which links lead to them from `start`."""
    found, waiting = {start: start}, [start]
    while waiting:
        if len(found) > PAGES_A_ROLE:
            sys.exit(f"More than {PAGES_A_ROLE} shapes of pages, the last of them {waiting[-1]}: see shape_of.")
        path = waiting.pop(0)
        if not _opens(page, path):
            found[shape_of(path)] = ""
            continue
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))"):
            address = urljoin(page.url, href)
            path = urlsplit(address).path
            if not address.startswith(base) or NOT_PAGES.search(path) or shape_of(address) in found:
                continue
            found[shape_of(address)] = path
            waiting.append(path)
    return [path for path in found.values() if path]


def _opens(page: Page, path: str) -> bool:
    """False for an address that answers with a file."""
    try:
        page.goto(path)
    except Error as failure:
        if "Download is starting" not in failure.message:
            raise
        return False
    return True


class Photographer:
    def __init__(self, browser: Browser, base: str, folder: Path, verdict: Verdict) -> None:
        self._browser, self._base, self._folder, self._verdict = browser, base, folder, verdict
        self._axe = Axe()

    def look(self, person: str, state: Any, paths: list[str]) -> None:
        for width, theme in DRESSES:
            context = self._dressed(state, width, theme)
            for path in paths:
                self._picture(context, person, path, f"{width}-{theme}")
            context.close()

    def find(self, state: Any, start: str = "/") -> list[str]:
        context = self._dressed(state, "wide", "light")
        paths = addresses(context.new_page(), self._base, start)
        context.close()
        return paths

    def _dressed(self, state: Any, width: str, theme: str) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self._base,
            storage_state=state,
            viewport=SIZES[width],
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=width == "phone",
            timezone_id="America/Chicago",
        )
        context.add_init_script(LISTEN)
        return context

    def _picture(self, context: BrowserContext, person: str, path: str, dress: str) -> None:
        name = f"{self._folder.name} {person} {shape_of(path)} {dress}"
        page = context.new_page()
        if path not in EXPECTED:
            page.on("console", lambda said: self._verdict.add(name, said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._verdict.add(name, str(error)))
        answer = page.goto(path)
        if answer is None or (answer.status >= 400 and answer.status != EXPECTED.get(path)):
            self._verdict.add(name, f"answered {answer.status if answer else 'nothing'}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self._verdict.add(name, "scrolls sideways")
        for finding in self._axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            if finding["impact"] in GRAVE:
                self._verdict.add(name, f"{finding['id']}: {finding['nodes'][0]['target']}")
        file = re.sub(r"[^a-z0-9]+", "-", shape_of(path).strip("/") or "today")
        page.screenshot(path=self._folder / person / f"{file}-{dress}.png", full_page=True)
        page.close()
        self._verdict.pages += 1


def photograph(browser: Browser, base: str, people: list[Person], folder: Path, verdict: Verdict) -> None:
    photographer = Photographer(browser, base, folder, verdict)
    photographer.look("nobody", None, ["/account/login/", "/account/password/reset/", "/no-such-page/"])
    seen: set[str] = set()
    for person in people:
        state = sign_in(browser, base, person)
        # Today differs by role; of other pages one look is enough, by the first person who may open it.
        paths = [path for path in photographer.find(state) if path == "/" or shape_of(path) not in seen]
        seen.update(map(shape_of, paths))
        print(f"{folder.name}, {person.role}: {len(paths)} pages", flush=True)
        photographer.look(person.role, state, paths)


def photograph_patients(browser: Browser, base: str, sandbox: str, folder: Path, verdict: Verdict) -> None:
    photographer = Photographer(browser, base, folder, verdict)
    found = visits(browser, base, sandbox)
    for missing in {"patient", "patient-paid"} - set(found):
        verdict.add(f"{folder.name} {missing}", "no text's link leads to such a bill")
    for who, visit in found.items():
        photographer.look(who, None, [visit.door, "/pay/cut-off"])
        photographer.look(who, visit.asked, ["/pay/verify"])
        paths = photographer.find(visit.inside, "/pay/bill")
        print(f"{folder.name}, {who}: {len(paths) + 3} pages", flush=True)
        photographer.look(who, visit.inside, paths)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--port", type=int, default=8300)
    parser.add_argument("--only", choices=["full", "empty"], help="look at one of the two demos")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(remedy())
    started, verdict = time.monotonic(), Verdict()
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        for name in [options.only] if options.only else ["empty", "full"]:
            with demo(options.port, history=name == "full") as (base, people):
                photograph(browser, base, people, options.out / name, verdict)
                if name == "full":
                    sandbox = f"http://127.0.0.1:{options.port + 10}"
                    photograph_patients(browser, base, sandbox, options.out / name, verdict)
        browser.close()
    for page, problems in verdict.wrong.items():
        print(f"{page}\n  " + "\n  ".join(problems))
    state = f"{len(verdict.wrong)} with findings" if verdict.wrong else "nothing grave"
    print(f"screenshots: {verdict.pages} pictures in {options.out}, {state}, {time.monotonic() - started:.0f} s")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
