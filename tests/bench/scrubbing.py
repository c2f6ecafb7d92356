"""How fast claims go from drafts to stored findings, with 200 rules of the practice's own of which half are for each claim.

pyx12's reading of each sound claim is included.

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
LEAST_A_SECOND = 400


def main(claims: int) -> int:
    import django

    django.setup()
    from apps.core.clock import now as current_time
    from tests.bench.drafts import make_drafts, make_own_rules

    make_drafts(claims)
    now = current_time()
    make_own_rules(now)
    stored, judged = _stored(now)
    print(f"  {claims:,} drafts to stored findings: {stored:,.0f} claims/s; {judged:.0%} of the time is pyx12's")
    missed = f"missed: fewer than {LEAST_A_SECOND} claims/s" if stored < LEAST_A_SECOND else "the bar is reached"
    print(f"scrub bench: {missed}")
    return 1 if stored < LEAST_A_SECOND else 0


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
