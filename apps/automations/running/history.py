"""The demo practice's past: the first start lives through some weeks of virtual time, so that no page is empty."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from apps.automations.running.product import Product
from apps.core import clock
from apps.intake.models import Encounter

WEEKS = 4


class HistoryBrokenOffError(Exception):
    """Carries the sentence for the person at the terminal."""


def play_history(product: Product) -> None:
    """Once, on an empty database. It runs in a process of its own, since its clock is virtual and this one's is not.

    Raises HistoryBrokenOffError.
    """
    if mark().exists():
        return
    begin_anew = f"To begin anew: rm -r {settings.VAR_DIR} && make run"
    if Encounter.objects.exists():
        raise HistoryBrokenOffError(f"The demo's past was broken off at an earlier start. {begin_anew}")
    print(
        f"The demo practice lives through its last {WEEKS} weeks first (some minutes, once). "
        "Do not interrupt it: a past that is broken off cannot be gone on with.",
        flush=True,
    )
    try:
        lived = subprocess.run(_command(product), env=_variables(product), check=False, cwd=settings.BASE_DIR)
    except KeyboardInterrupt:
        raise HistoryBrokenOffError(f"\nThe demo's past was broken off. {begin_anew}") from None
    if lived.returncode != 0:
        raise HistoryBrokenOffError(
            f"The demo's past could not be lived through; the logs in {settings.VAR_DIR / 'log'} say why."
        )


def mark() -> Path:
    """There once the past was lived to its end: `manage.py play_history` puts it there as its last act."""
    return Path(settings.VAR_DIR) / "history-lived"


def _command(product: Product) -> list[str]:
    first_day = clock.practice_date(clock.now()) - timedelta(weeks=WEEKS)
    ports = (product.ports.web, product.ports.sandbox, product.ports.sftp)
    return [
        *(sys.executable, "manage.py", "play_history", "--first-day", first_day.isoformat()),
        *("--days", str(WEEKS * 7), "--ports", *map(str, ports)),
    ]


def _variables(product: Product) -> dict[str, str]:
    return {**os.environ, **product.variables, "THROUGHLINE_VIRTUAL_CLOCK": str(Path(settings.VAR_DIR) / "clock")}
