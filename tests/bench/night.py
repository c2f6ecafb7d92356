"""A big evening: some 5,000 visits at the EHR, all that its providers can see in two weeks, become claims in files at the
clearinghouse, over real HTTP and SFTP to the sandbox.

`python -m tests.bench.night [FIRST DAY]`; a real PostgreSQL with fsync on, one process beside the sandbox's. What the sandbox's front
desk entered wrong is held and delays nothing. Exit status 1 where the bar is missed or a sound claim did not leave.
"""

import os
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

from tests.bench.posting import database
from tests.outside import Sandbox, running_sandbox

# More than there is room for: every slot of every provider is taken, some 500 a day.
VISITS_A_DAY = 5_000
FIRST_DAY = "2026-09-03"
# From charges in the database to the file at the clearinghouse.
MOST_SECONDS = 90
EVENING = "2026-09-16T21:45:00-05:00"


def main(first: str) -> int:
    import django

    django.setup()
    begun = f"{first}T06:00:00-05:00"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox(Path(folder), begun, visits_per_day=VISITS_A_DAY) as sandbox,
    ):
        return _one_evening(sandbox, date.fromisoformat(first), datetime.fromisoformat(EVENING))


def _one_evening(sandbox: Sandbox, first: date, now: datetime) -> int:
    from django.conf import settings
    from django.core.management import call_command

    from apps.automations.demo.load import load_demo
    from apps.claims import services
    from apps.claims.models import Batch, Claim
    from apps.claims.states import ClaimStatus
    from apps.connectors.models import Connection
    from apps.connectors.registry import connection_of
    from apps.core.clock import practice_date
    from apps.intake.services import pull_charges

    call_command("migrate", verbosity=0)
    settings.DEMO_MODE = True
    load_demo(sandbox.facts, now=now)
    sandbox.control("advance", {"to": now.isoformat()})
    stage = Stages()
    pull_charges(connection=connection_of(Connection.Kind.EHR), first=first, last=practice_date(now), now=now)
    stage.ends("pulled")
    while services.build_claims(now=now).more:
        pass
    stage.ends("built")
    while services.scrub_claims(now=now).more:
        pass
    stage.ends("scrubbed")
    batched = services.batch_claims(now=now)
    stage.ends("batched, written and judged by pyx12")
    sent = [services.submit_batch(batch_id=batch, now=now) for batch in batched.batches]
    stage.ends("delivered")
    built, held = Claim.objects.count(), Claim.objects.filter(status=ClaimStatus.EXCEPTION).count()
    left = Claim.objects.filter(status=ClaimStatus.SUBMITTED).count()
    print(f"  {built:,} claims, {left:,} delivered in {len(sent)} files, {held:,} held")
    print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stage.took.items()))
    took = sum(seconds for name, seconds in stage.took.items() if name != "pulled")
    missed = [f"{took:.0f} s, more than {MOST_SECONDS}"] * (took > MOST_SECONDS)
    missed += ["a sound claim did not leave"] * (left + held != built or set(sent) != {Batch.State.SENT})
    print(
        f"night bench: {'missed: ' + ', '.join(missed) if missed else f'the bar is reached, {took:.0f} s of {MOST_SECONDS}'}"
    )
    return 1 if missed else 0


class Stages:
    """How long each took, in seconds, in their order."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}
        self._begun = time.perf_counter()

    def ends(self, name: str) -> None:
        self.took[name] = time.perf_counter() - self._begun
        self._begun = time.perf_counter()


if __name__ == "__main__":
    with database() as environment:
        os.environ.update(environment)
        sys.exit(main(sys.argv[1] if sys.argv[1:] else FIRST_DAY))
