"""`make run`: everything on this machine, with the demo practice, until Ctrl-C."""

import os
import signal
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.automations.demo import diagnoses, load_demo, people_lines
from apps.automations.outside import Outside
from apps.automations.running.alone import AlreadyRunsError, alone
from apps.automations.running.history import HistoryBrokenOffError, clear_broken_off_history, play_history
from apps.automations.running.letters import missing_library
from apps.automations.running.ports import Ports, PortTakenError, require_free
from apps.automations.running.product import Product, variables_of_this_process
from apps.automations.running.static_files import collect_static_files
from apps.automations.timetable import sync_schedule
from apps.core import clock
from apps.core.embedded import EmbeddedServiceError, valkey
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.processes import ReadyTimeoutError, Supervisor
from apps.core.embedded.services import configured, embedded_postgres

WATCH_SECONDS = 0.5


class Command(BaseCommand):
    help = "Start web, worker, beat and the sandbox with the demo practice; stop everything on Ctrl-C."
    _interrupted = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-history", action="store_true", help="begin with an empty practice")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            sys.exit("`up` starts the demo practice; a production installation is started as docs/operations.md says.")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)
        try:
            ports = Ports.beside(options["port"])
            with alone(Path(settings.VAR_DIR), ports):
                require_free(ports)
                with Supervisor() as processes:
                    self._run(processes, ports, history=not options["no_history"])
        except (
            AlreadyRunsError,
            EmbeddedServiceError,
            HistoryBrokenOffError,
            PortTakenError,
            ReadyTimeoutError,
        ) as failure:
            sys.exit(str(failure))
        except KeyboardInterrupt:
            print("\nStopped.")

    def _run(self, processes: Supervisor, ports: Ports, *, history: bool) -> None:
        directory = Path(settings.VAR_DIR)
        if not configured("CELERY_BROKER_URL") or "redis+socket" in settings.CELERY_BROKER_URL:
            valkey.start(processes, directory)
        clear_broken_off_history()
        call_command("migrate", verbosity=0)
        collect_static_files()
        sync_schedule(now=clock.now())
        settings.PUBLIC_URL = ports.web_url
        os.environ.update({"PUBLIC_URL": ports.web_url, "PUBLIC_URL_FILE": ""})
        variables = {**variables_of_this_process(), "PUBLIC_URL": ports.web_url, "SANDBOX_URL": ports.sandbox_url}
        product = Product(processes, directory, ports, variables)
        if history:
            play_history(product)
        product.start_sandbox(demo_speed="1")
        product.start_web(workers=2)
        product.until_sandbox()
        load_demo(Outside(ports.sandbox_url).practice(), now=clock.now())
        product.start_worker()
        diagnoses.take_in(now=clock.now())
        product.until_web()
        product.start_beat()
        self._greet(ports)
        self._watch(processes, embedded_postgres(directory))

    def _greet(self, ports: Ports) -> None:
        print(f"\nThroughline is up: {ports.web_url}")
        print(f"The outside world in a box (sandbox): {ports.sandbox_url}")
        print("\nDemo log-ins, each with a second factor:")
        for line in people_lines():
            print(f"  {line}")
        if missing_library():
            print(f"\n{missing_library()}")
        print(f"\nLogs are in {settings.VAR_DIR / 'log'}. Ctrl-C stops everything.", flush=True)

    def _watch(self, processes: Supervisor, database: Postgres | None) -> None:
        while not (ended := _ended(processes, database)):
            if self._interrupted:
                raise KeyboardInterrupt
            time.sleep(WATCH_SECONDS)
        name, log = ended
        sys.exit(f"{name} ended by itself; its log {log} says why. Everything was stopped.")

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        """Ends what is under way, and is kept: Python drops an exception that is raised while an object is being finalized."""
        self._interrupted = True
        raise KeyboardInterrupt


def _ended(processes: Supervisor, database: Postgres | None) -> tuple[str, Path] | None:
    """What ended by itself, with its log."""
    if dead := processes.dead():
        return dead[0], processes.log(dead[0])
    return ("PostgreSQL", database.log) if database and database.has_ended() else None
