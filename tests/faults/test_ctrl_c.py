"""`make run` as a newcomer starts it, and ends it: Ctrl-C leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running.test_bad_starts import ROOT, free_trio

pytestmark = pytest.mark.faults


def descendants(pid: int) -> set[int]:
    children = {
        int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
    }
    return children.union(*(descendants(child) for child in children))


def test_ctrl_c_stops_every_child(tmp_path: Path) -> None:
    unset = {"DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "THROUGHLINE_VAR"}
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    variables |= {"THROUGHLINE_VAR": str(tmp_path / "var"), "PYTHONUNBUFFERED": "1"}
    said = tmp_path / "said"
    command = [sys.executable, "manage.py", "up", "--no-history", "--port", str(free_trio())]
    with said.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=output, stderr=output)
    deadline = time.monotonic() + 120
    while "Ctrl-C stops everything" not in said.read_text() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.2)
    children = descendants(process.pid)
    assert len(children) >= 6, said.read_text()  # PostgreSQL, Valkey, sandbox, web, worker, beat
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert said.read_text().endswith("\nStopped.\n")
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
