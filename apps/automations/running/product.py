"""The product's processes on this machine: sandbox, web, worker and beat, as children of one supervisor."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.automations.running.ports import LOOPBACK, Ports
from apps.core.embedded.places import private_directory
from apps.core.embedded.processes import Supervisor

QUEUES = "intake,claims,remittances,messages,reports"


@dataclass(frozen=True)
class Product:
    """Starts each process with `variables` on top of this process's environment; logs go to `directory`/log.

    None is waited for: they come up beside each other, and `until_sandbox` and `until_web` wait for what is needed next.
    """

    processes: Supervisor
    directory: Path
    ports: Ports
    variables: Mapping[str, str]

    def start_sandbox(self, *, virtual_now: str = "", seed: int = 7, knobs: str = "", demo_speed: str = "") -> None:
        state = private_directory(self.directory / "sandbox")
        argv = ["-m", "apps.sandbox", "--state-dir", str(state), "--app-url", self.ports.web_url, "--seed", str(seed)]
        argv += ["--http-port", str(self.ports.sandbox), "--sftp-port", str(self.ports.sftp)]
        if virtual_now:
            argv += ["--virtual-now", virtual_now]
        if knobs:
            argv += ["--knobs", knobs]
        if demo_speed:
            argv += ["--demo-speed", demo_speed]
        self._start("sandbox", argv)

    def until_sandbox(self) -> None:
        self.processes.wait_ready("sandbox", f"{self.ports.sandbox_url}/control/health")

    def start_web(self, *, workers: int = 1, threads: int = 8) -> None:
        argv = ["-m", "gunicorn", "config.wsgi:application", "--bind", f"{LOOPBACK}:{self.ports.web}"]
        argv += [
            "--workers",
            str(workers),
            "--threads",
            str(threads),
            "--access-logfile",
            "/dev/null",
            "--timeout",
            "60",
        ]
        self._start("web", [*argv, "--no-control-socket"])

    def until_web(self) -> None:
        self.processes.wait_ready("web", f"{self.ports.web_url}/healthz")

    def start_worker(self, *, concurrency: int = 3) -> None:
        # Three where two processors are: tasks wait for wires and the database more than they compute.
        argv = ["-m", "celery", "-A", "config", "worker", "--queues", QUEUES, "--concurrency", str(concurrency)]
        argv += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self._start("worker", argv)

    def start_beat(self) -> None:
        self._start("beat", ["-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile", ""])

    def _start(self, name: str, argv: list[str]) -> None:
        log = private_directory(self.directory / "log") / f"{name}.log"
        self.processes.start(name, [sys.executable, *argv], {**os.environ, **self.variables}, log)


def variables_of_this_process() -> dict[str, str]:
    """What children need to stand on the same database, broker and folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "THROUGHLINE_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
    }
