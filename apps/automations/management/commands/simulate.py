"""The same virtual days twice, side by side: scrubbed by all rules, and by those of well-formedness alone (DOMAIN 2)."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.automations.simulation.comparison import Side, as_text, compare

ONLY_WELL_FORMED = "THROUGHLINE_SCRUB_ONLY_WELL_FORMED"


class Command(BaseCommand):
    help = "Live the same virtual days with all rules and with well-formedness only; print what the clearinghouse and payers accepted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=10)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--knobs", default="", help="the sandbox's knobs as JSON")
        parser.add_argument("--json", action="store_true", help="print both sides as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        all_rules, form = (_live(options, only_well_formed=flag) for flag in (False, True))
        if options["json"]:
            print(json.dumps({"all_rules": all_rules.as_json(), "well_formed_only": form.as_json()}))
        else:
            print(as_text(all_rules, form))
        print(f"simulate: {compare(all_rules, form)}", file=sys.stderr if options["json"] else sys.stdout)
        sys.exit(0 if all_rules.sound and form.sound else 1)


def _live(options: dict[str, Any], *, only_well_formed: bool) -> Side:
    """A journey in a process, a database and a world of its own. Its settings are read anew, so that nothing here leaves rules out."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "journey", "--json"]
    command += ["--days", str(options["days"]), "--seed", str(options["seed"]), "--knobs", options["knobs"]]
    variables = {**os.environ, ONLY_WELL_FORMED: str(only_well_formed).lower()}
    result = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if not result.stdout.strip():
        sys.exit(f"simulate: the journey {'without' if only_well_formed else 'with'} all rules did not end; see above.")
    return Side.of(json.loads(result.stdout))
