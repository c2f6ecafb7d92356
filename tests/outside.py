"""The sandbox as its own process, once a test run: the outside world, met over real HTTP and SFTP."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django import Settings

NOW = "2026-09-16T17:30:00-05:00"  # a Wednesday evening in Austin, the day's charges entered
START_SECONDS = 120


@dataclass(frozen=True)
class Sandbox:
    url: str
    facts: dict[str, Any]

    def connection(self, name: str, **changes: Any) -> dict[str, Any]:
        """The settings by which the practice reaches `name` (ehr, clearinghouse, cards, phone)."""
        extras = {"hosts": ["127.0.0.1"], "time_zone": "America/Chicago"}
        return {**self.facts["connections"][name], **extras, **changes}

    def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = httpx.request("GET" if body is None else "POST", f"{self.url}/control/{path}", json=body, timeout=60)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def charge_file(self, day: str) -> bytes:
        """The satellite office's export of that day."""
        return httpx.get(f"{self.url}/control/satellite-charges", params={"date": day}, timeout=60).content


@contextmanager
def running_sandbox(folder: Path, now: str = NOW, *, visits_per_day: int = 50, **knobs: Any) -> Iterator[Sandbox]:
    argv = [
        sys.executable,
        "-m",
        "apps.sandbox",
        "--state-dir",
        str(folder),
        "--virtual-now",
        now,
        "--app-url",
        "http://127.0.0.1:9",
        "--knobs",
        json.dumps({"visits_per_day": visits_per_day, **knobs}),
    ]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(argv, stderr=log)
    try:
        url = _wait(process, folder)
        yield Sandbox(url, httpx.get(f"{url}/control/practice", timeout=60).json())
    finally:
        process.terminate()
        process.wait(60)


def open_the_demo(sandbox: Sandbox, settings: Settings, folder: Path, *, now: datetime) -> None:
    """The demo practice, connected to this outside world, at `now` in both."""
    from apps.automations.demo.load import load_demo  # the bench takes this module before Django is set up

    settings.DEMO_MODE, settings.VAR_DIR = True, folder
    load_demo(sandbox.facts, now=now)
    sandbox.control("advance", {"to": now.isoformat()})


def _wait(process: "subprocess.Popen[bytes]", folder: Path) -> str:
    """Its address, once it answers there."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            url = str(json.loads((folder / "ports.json").read_text())["http_url"])
            httpx.get(f"{url}/control/health")
        except (OSError, httpx.TransportError):
            time.sleep(0.05)
        else:
            return url
    pytest.fail(f"The sandbox did not start: {(folder / 'sandbox.log').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running
