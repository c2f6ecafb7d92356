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


def play_history(product: Product) -> None:
    """Once, on an empty database. It runs in a process of its own, since its clock is virtual and this one's is not."""
    if Encounter.objects.exists():
        return
    first_day = clock.practice_date(clock.now()) - timedelta(weeks=WEEKS)
    print(f"The demo practice lives through its last {WEEKS} weeks first (a minute or two, once).", flush=True)
    variables = {
        **os.environ,
        **product.variables,
        "THROUGHLINE_VIRTUAL_CLOCK": str(Path(settings.VAR_DIR) / "clock"),
    }
    command = [
        sys.executable,
        "manage.py",
        "play_history",
        "--first-day",
        first_day.isoformat(),
        "--days",
        str(WEEKS * 7),
    ]
    ports = product.ports
    command += ["--ports", str(ports.web), str(ports.sandbox), str(ports.sftp)]
    subprocess.run(command, env=variables, check=True, cwd=settings.BASE_DIR)
