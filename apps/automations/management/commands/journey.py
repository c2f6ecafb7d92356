"""Virtual weeks of the demo practice: the real product against the sandbox, in a throw-away directory."""

import json
import shutil
import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.automations.simulation.proofs import Proof, prove
from apps.automations.simulation.stage import FIRST_DAY, Stage
from apps.automations.simulation.table import Line, as_text, table
from apps.core import clock


class Command(BaseCommand):
    help = "Live through virtual weeks of the demo practice, print what came of them, and prove that the money adds up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=42)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--first-day", type=date.fromisoformat, default=FIRST_DAY)
        parser.add_argument("--kill", type=int, default=0, metavar="N", help="kill the worker N times on the way")
        parser.add_argument("--knobs", default="", help="the sandbox's knobs as JSON")
        parser.add_argument("--logs", type=Path, help="keep the processes' logs in this folder")
        parser.add_argument("--json", action="store_true", help="print the table and the proofs as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.VIRTUAL_CLOCK_FILE:
            raise CommandError("The journey lives in a database of its own: run it with the development settings.")
        sys.exit(_live(options))


def _live(options: dict[str, Any]) -> int:
    started = time.monotonic()
    directory = Path(settings.VAR_DIR)
    try:
        with Stage(directory, seed=options["seed"], first_day=options["first_day"], knobs=options["knobs"]) as stage:
            stage.live(days=options["days"], kills=options["kill"])
            lines, proofs = table(clock.today()), prove(stage.outside.tally(), days=options["days"])
    finally:
        if options["logs"]:
            shutil.copytree(directory / "log", options["logs"], dirs_exist_ok=True)
    failed = [proof for proof in proofs if proof.wrong]
    if options["json"]:
        print(json.dumps({**_as_json(lines, proofs), "kills": stage.kills}))
    else:
        print(as_text(lines))
        if options["kill"]:
            print(f"kills  {stage.kills} of {options['kill']}, each with a task in hand")
        for proof in proofs:
            print(f"{'WRONG' if proof.wrong else 'holds'}  {proof.name}{': ' + proof.wrong if proof.wrong else ''}")
    verdict = f"{len(failed)} of {len(proofs)} proofs fail" if failed else f"all {len(proofs)} proofs hold"
    print(
        f"journey: {options['days']} days in {time.monotonic() - started:.0f} s; {verdict}",
        file=sys.stderr if options["json"] else sys.stdout,
    )
    return 1 if failed else 0


def _as_json(lines: list[Line], proofs: list[Proof]) -> dict[str, Any]:
    return {
        "table": {
            f"{line.section}: {line.name}": [line.count, None if line.amount is None else str(line.amount)]
            for line in lines
        },
        "proofs": {proof.name: proof.wrong for proof in proofs},
    }
