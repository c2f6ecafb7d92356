"""The demo practice's past: the first start lives through some weeks of virtual time, so that no page is empty.

While it is lived, the database itself says so: what it then holds nobody has worked with, so a past that was broken off at any moment
is cleared away and lived anew. Another database, or one that was never so marked, is never cleared.
"""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from apps.automations.running.broker import Broker
from apps.automations.running.product import Product
from apps.core import clock
from apps.intake.models import Encounter

WEEKS = 4
# What the simulation leaves in the folder of the demo beside its database.
OF_THE_PAST = ("sandbox", "drop", "mail")
BEING_LIVED = "The past of the demo practice is being lived."


class HistoryBrokenOffError(Exception):
    """Carries the sentence for the person at the terminal."""


def clear_broken_off_history() -> bool:
    """Before the tables are migrated: takes away all that an earlier start has left half lived. Whether there was something."""
    if not is_being_lived():
        return False
    print("The demo's past was broken off at an earlier start; it is lived anew.", flush=True)
    Broker().forget()
    for folder in OF_THE_PAST:
        shutil.rmtree(Path(settings.VAR_DIR) / folder, ignore_errors=True)
    # Last, and at once: with the schema goes its mark.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    return True


def play_history(product: Product) -> None:
    """Once, on an empty database. It runs in a process of its own, since its clock is virtual and this one's is not.

    Raises HistoryBrokenOffError.
    """
    if Encounter.objects.exists():
        return
    print(f"The demo practice lives through its last {WEEKS} weeks first (some minutes, once).", flush=True)
    mark_begun()
    try:
        lived = subprocess.run(_command(product), env=_variables(product), check=False, cwd=settings.BASE_DIR)
    except KeyboardInterrupt:
        raise HistoryBrokenOffError("\nStopped. The demo's past is lived anew at the next start.") from None
    if lived.returncode != 0:
        raise HistoryBrokenOffError(
            f"The demo's past could not be lived through; the logs in {settings.VAR_DIR / 'log'} say why."
        )


def mark_begun() -> None:
    _mark(BEING_LIVED)


def mark_lived() -> None:
    """The last act of the process that lives it."""
    _mark("")


def is_being_lived() -> bool:
    """Also of one that was broken off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('public'::regnamespace)")
        (said,) = cursor.fetchone()
    return bool(said == BEING_LIVED)


def _mark(said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA public IS '{said}'")  # such a statement takes no parameters


def _command(product: Product) -> list[str]:
    first_day = clock.practice_date(clock.now()) - timedelta(weeks=WEEKS)
    ports = (product.ports.web, product.ports.sandbox, product.ports.sftp)
    return [
        *(sys.executable, "manage.py", "play_history", "--first-day", first_day.isoformat()),
        *("--days", str(WEEKS * 7), "--ports", *map(str, ports)),
    ]


def _variables(product: Product) -> dict[str, str]:
    return {**os.environ, **product.variables, "THROUGHLINE_VIRTUAL_CLOCK": str(Path(settings.VAR_DIR) / "clock")}
