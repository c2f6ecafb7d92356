"""Run `manage.py journey` as a person does and read its table."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
# Paid on the third day, told on the fourth, closed on the 25th: the first balances pass the whole sequence of texts.
DAYS = 26
# A small practice whose payers answer within two days.
FEW_VISITS = {"visits_per_day": 6, "days_to_pay": 2}


def live(*, days: int, kills: int = 0, knobs: dict[str, Any] | None = None) -> dict[str, Any]:
    """Its table and proofs. Brings its own database and broker, so the tests' own is not handed on."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "THROUGHLINE_VAR"}}
    variables = {**kept, "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    command = [sys.executable, "manage.py", "journey", "--json", "--days", str(days), "--kill", str(kills)]
    command += ["--knobs", json.dumps(knobs or FEW_VISITS)]
    result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.stdout, result.stderr[-3000:]
    found: dict[str, Any] = json.loads(result.stdout)
    found["status"], found["verdict"] = result.returncode, result.stderr.strip().splitlines()[-1]
    return found
