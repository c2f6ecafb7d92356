"""How long the server takes for every page of a practice of 100,000 claims, from the request to the rendered answer.

`python -m tests.bench.pages [CLAIMS]`. The pages are found as a person finds them, by following links from the home page of each role; of
each kind of page a few are measured. A real PostgreSQL with fsync on, one process. Exit status 1 where a page misses the bar.
"""

import logging
import os
import re
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.bench.posting import database

CLAIMS = 100_000
A_FILE = 500  # claims that a payer answers at once
DENIED_EACH = 10  # one claim of so many
YEAR = 365  # days over which the visits spread, up to yesterday
RUNS = 5
MOST_MILLISECONDS = 250
EXAMPLES = 2  # of one view, of each of its filters and of each of its orders, for each role
# Django's own back office, files to take along, and what ends a session.
NOT_PAGES = re.compile(
    r"^/(back-office|static|webhooks|styleguide|sandbox|account)/|/(logout|download)/|\.(pdf|csv|xlsx|txt)$|/pdf/"
)
HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')


def make(claims: int) -> None:
    """All that 100,000 claims leave: answers, entries, denials in their lanes, balances, the measures of today."""
    from django.core.management import call_command
    from django.db import connection

    from apps.automations.timetable import sync_schedule
    from apps.core.clock import now
    from apps.denials.services import open_denials
    from apps.remittances.services import post_file, store_file
    from apps.reports.services import take_snapshots
    from tests.bench.book import make_book
    from tests.bench.remittance_file import remittance_file
    from tests.factories.practice import PracticeFactory
    from tests.patient_balances.opening import open_balances

    logging.disable(logging.WARNING)  # there is no broker here, and the nudge says so
    call_command("migrate", verbosity=0)
    PracticeFactory()
    sync_schedule(now=now())
    files = [
        remittance_file(min(A_FILE, claims - first), seed=first, first=first, denied_each=DENIED_EACH)
        for first in range(0, claims, A_FILE)
    ]
    make_book(*files, billed_at=now() - timedelta(days=1), visits_a_day=-(-claims // YEAR))
    _told("claims made", claims)
    for number, data in enumerate(files):
        stored = store_file(name=f"payer-{number}.835", payload=BytesIO(data), now=now())
        post_file(stored.transmission.pk, now=now())
    _told("remittance posted", claims)
    open_denials(now=now())
    open_balances(now=now())
    take_snapshots(now=now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _told("denials, balances and measures stand", claims)


def _told(what: str, claims: int) -> None:
    print(f"  {time.perf_counter():>8.0f} s  {what} ({claims:,} claims)", flush=True)


def main(claims: int) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from apps.practice.roles import Role
    from tests.signing_in import sign_in

    # Not `setup_test_environment`: with it each template keeps a copy of what it was given, which no server does.
    settings.ALLOWED_HOSTS = ["testserver"]
    make(claims)
    seen, slow, refused = 0, 0, list[str]()
    for role in Role:
        client = Client()
        sign_in(client, role)
        for path, took in _walk(client, refused):
            seen += 1
            slow += took > MOST_MILLISECONDS
            print(f"  {took:>6.0f} ms  {role.value:<14} {path}", flush=True)
    missed = [f"more than {MOST_MILLISECONDS} ms for {slow} of {seen} pages"] * bool(slow) + refused
    print(f"pages bench, {claims:,} claims: {'missed: ' + ', '.join(missed) if missed else 'every bar is reached'}")
    return 1 if missed else 0


def _walk(client: object, refused: list[str]) -> Iterator[tuple[str, float]]:
    """Each page once, by the links of those before, with its median time. A link that leads nowhere is added to `refused`: what cannot
    be had is not offered.
    """
    waiting, known = deque([("/", "")]), {"/"}
    seen: Counter[str] = Counter()
    while waiting:
        path, by = waiting.popleft()
        kinds = _kinds(path)
        if all(seen[kind] >= EXAMPLES for kind in kinds):
            continue
        seen.update(kinds)
        took, body, status = _measured(client, path)
        if status >= 400 and status != 403:
            refused.append(f"{path}, linked from {by}, answered {status}")
        elif took is not None:
            yield path, took
        for href in HREF.findall(body):
            found = _address(path, unescape(href))
            if found and found not in known:
                known.add(found)
                waiting.append((found, path))


def _kinds(path: str) -> list[str]:
    """What a page is an example of; nothing where it is none of ours."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(path)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return []
    asked = [f"{name}?{key}={value}" if key == "sort" else f"{name}?{key}" for key, value in parse_qsl(parts.query)]
    return asked or [name]


def _address(base: str, href: str) -> str:
    parts = urlsplit(urljoin(base, href))
    if parts.netloc or parts.scheme or NOT_PAGES.search(parts.path):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _measured(client: object, path: str) -> tuple[float | None, str, int]:
    """With its status; without a time where it is refused, and for a file to take along."""
    took, body = [], ""
    for run in range(RUNS + 1):
        begun = time.perf_counter()
        answer = client.get(path)  # type: ignore[attr-defined]  # a test client
        spent = (time.perf_counter() - begun) * 1000
        status = answer.status_code
        if status >= 400 or not answer.headers["Content-Type"].startswith("text/html"):
            return None, "", status
        body = answer.content.decode()
        if run:
            took.append(spent)
        if spent > 5000:
            return spent, body, status
    return statistics.median(took), body, status


if __name__ == "__main__":
    with database() as environment:
        os.environ.update(environment)
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else CLAIMS))
