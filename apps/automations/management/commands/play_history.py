"""Used by `up` on its first start, in a process whose clock is virtual."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.automations.running.history import mark_lived
from apps.automations.running.ports import Ports
from apps.automations.simulation.stage import Stage


class Command(BaseCommand):
    help = "Live through weeks of the demo practice's past on the running services (`make run` calls it once)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--first-day", type=date.fromisoformat, required=True)
        parser.add_argument("--days", type=int, required=True)
        parser.add_argument("--ports", type=int, nargs=3, required=True, metavar=("WEB", "SANDBOX", "SFTP"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.DEMO_MODE and settings.VIRTUAL_CLOCK_FILE):
            sys.exit("play_history belongs to `make run`: it needs the demo mode and a virtual clock.")
        ports = Ports(*options["ports"])
        with Stage(Path(settings.VAR_DIR), first_day=options["first_day"], ports=ports, kept=True) as stage:
            stage.live(days=options["days"])
        mark_lived()
