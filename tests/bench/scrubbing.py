"""How fast claims are scrubbed: the rules alone, and from drafts to stored findings with pyx12's reading of each claim's file.

`python -m tests.bench.scrubbing [CLAIMS]`; a real PostgreSQL with fsync on, one process. Every fifth claim has something wrong. Exit
status 1 where a bar is missed.
"""

import os
import sys
import time
from datetime import datetime
from importlib import import_module
from typing import Any

from tests.bench.posting import database

CLAIMS = 5_000
PURE_A_SECOND, STORED_A_SECOND = 2_000, 400


def main(claims: int) -> int:
    import django

    django.setup()
    from apps.core.clock import now as current_time
    from tests.bench.drafts import make_drafts

    make_drafts(claims)
    now = current_time()
    pure, found = _pure(now)
    stored, judged = _stored(now)
    print(f"scrub, {claims:,} claims of 2 lines, every rule: {pure:,.0f} claims/s, {found:,} findings")
    print(f"drafts to stored findings: {stored:,.0f} claims/s; {judged:.0%} of the time is pyx12's")
    missed = ["the rules"] * (pure < PURE_A_SECOND) + ["rows to findings"] * (stored < STORED_A_SECOND)
    print(f"scrub bench: {'missed: ' + ', '.join(missed) if missed else 'every bar is reached'}")
    return 1 if missed else 0


def _pure(now: datetime) -> tuple[float, int]:
    from apps.claims.models import Claim
    from apps.claims.rules.registry import scrub
    from apps.claims.selectors.snapshots import snapshots
    from apps.core.clock import practice_date

    views = list(snapshots(list(Claim.objects.values_list("pk", flat=True)), today=practice_date(now)).values())
    begun = time.perf_counter()
    found = sum(len(scrub(view)) for view in views)
    return len(views) / (time.perf_counter() - begun), found


def _stored(now: datetime) -> tuple[float, float]:
    """Claims a second, and what share of it the judge took."""
    room: Any = import_module("apps.claims.services.scrub_claims")
    ask, judging = room._ask_the_judge, 0.0

    def timed(*args: object) -> None:
        nonlocal judging
        begun = time.perf_counter()
        ask(*args)
        judging += time.perf_counter() - begun

    room._ask_the_judge = timed
    begun, scrubbed, more = time.perf_counter(), 0, True
    while more:
        result = room.scrub_claims(now=now)
        scrubbed, more = scrubbed + result.passed + result.held, result.more
    took = time.perf_counter() - begun
    return scrubbed / took, judging / took


if __name__ == "__main__":
    with database() as environment:
        os.environ.update(environment)
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else CLAIMS))
