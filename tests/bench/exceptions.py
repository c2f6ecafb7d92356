"""How long the server takes for a page of the exception queue, and of the worklist, with 50,000 claims that wait: from the request to
the rendered answer.

`python -m tests.bench.exceptions [CLAIMS]`; a real PostgreSQL with fsync on, one process. Exit status 1 where a page misses the bar.
"""

import os
import statistics
import sys
import time

from tests.bench.posting import database

CLAIMS = 50_000
RUNS = 9
MOST_MILLISECONDS = 150
# The worklist has every room's rows, and looks at all of them for its tabs.
MOST_OF_THE_WORKLIST = 250
PAGES = (
    ("the list", ""),
    ("its second page", "page=2"),
    ("its last page", "page=2000"),
    ("by the most frequent rule", "rule=COV-MEMBER-ID-PATTERN"),
    ("its second page", "rule=COV-MEMBER-ID-PATTERN&page=2"),
    ("by a rare rule", "rule=MUE-DAY-ABSOLUTE"),
    ("mine", "view=mine"),
    ("nobody's", "view=unassigned"),
    ("due in 7 days", "due=week"),
    ("past due, by amount", "due=past&sort=-amount"),
    ("waiting over 7 days", "age=7"),
    ("one payer", "payer={payer}"),
    ("one payer and rule", "payer={payer}&rule=COV-MEMBER-ID-PATTERN"),
    ("from $300", "amount=300"),
    ("a claim's number", "number=T0"),
    ("sorted by amount", "sort=-amount"),
    ("sorted by age", "sort=age"),
    ("sorted by patient", "sort=patient"),
)
WORKLIST = (
    ("the worklist", ""),
    ("its second page", "?page=2"),
    ("its last page", "?page=1000"),
    ("mine", "?view=mine"),
    ("nobody's", "?view=unassigned"),
    ("snoozed", "?view=snoozed"),
    ("past due", "?due=over"),
    ("from $300", "?amount=300"),
    ("sorted by amount", "?sort=-amount"),
    ("sorted by age", "?sort=opened"),
    ("sorted by step", "?sort=step"),
)


def main(claims: int) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from apps.core.clock import now
    from apps.practice.models import Payer
    from apps.practice.roles import Role
    from tests.bench.waiting import OWNERS, make_waiting
    from tests.factories.practice import UserFactory
    from tests.signing_in import sign_in

    # Not `setup_test_environment`: with it each template keeps a copy of what it was given, which no server does.
    settings.ALLOWED_HOSTS = ["testserver"]
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    client = Client()
    me = sign_in(client, Role.BILLER)
    make_waiting(claims, owners=[me, *(UserFactory(role=Role.BILLER) for _ in range(OWNERS - 1))], now=now())
    payer = Payer.objects.get(name="Plan 03").public_id
    slow = []
    pages = [(words, f"/claims/exceptions/?{query.format(payer=payer)}", MOST_MILLISECONDS) for words, query in PAGES]
    pages += [(words, f"/worklist/{query}", MOST_OF_THE_WORKLIST) for words, query in WORKLIST]
    for words, address, most in pages:
        took = _milliseconds(client, address)
        print(f"  {words:<28} {took:>6.0f} ms")
        slow += [f"{words} ({most} ms)"] * (took > most)
    missed = f"missed: {', '.join(slow)}" if slow else "every bar is reached"
    print(f"exceptions bench, {claims:,} claims: {missed}")
    return 1 if slow else 0


def _milliseconds(client: object, address: str) -> float:
    """The median of some runs, the first of which is not counted."""
    took = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        answer = client.get(address)  # type: ignore[attr-defined]  # a test client
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: answered {answer.status_code}")
    return statistics.median(took[1:])


if __name__ == "__main__":
    with database() as environment:
        os.environ.update(environment)
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else CLAIMS))
