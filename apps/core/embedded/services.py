"""Which services a command gets before Django loads its settings."""

import atexit
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from apps.core.embedded import valkey
from apps.core.embedded.places import EmbeddedServiceError
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.processes import Supervisor

DEVELOPMENT = "config.settings.development"
# These read no row; the journey brings a database of its own.
WITHOUT_SERVICES = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "makemessages",
    "journey",
}


def configured(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def use_embedded_services(argv: Sequence[str], directory: Path) -> None:
    """Point DATABASE_URL and CELERY_BROKER_URL at `directory`'s own services where development names none.

    PostgreSQL starts by itself and ends with its last user. Valkey belongs to `up`: elsewhere a nudge reaches it if it runs.
    """
    command = argv[1] if len(argv) > 1 else "help"
    if (
        os.environ.get("DJANGO_SETTINGS_MODULE") != DEVELOPMENT
        or command.startswith("-")
        or command in WITHOUT_SERVICES
    ):
        return
    try:
        if not configured("DATABASE_URL"):
            postgres = Postgres(directory, dies_with_us=command == "up")
            atexit.register(postgres.stop)
            os.environ["DATABASE_URL"] = postgres.start()
        if not configured("CELERY_BROKER_URL"):
            os.environ["CELERY_BROKER_URL"] = valkey.broker_url(directory)
    except EmbeddedServiceError as failure:
        sys.exit(str(failure))


@contextmanager
def throw_away_services() -> Iterator[tuple[dict[str, str], Supervisor, Path]]:
    """A PostgreSQL and a Valkey in a fresh folder, gone at the end.

    Yields the environment variables for processes that shall use them, the supervisor to start those with, and the folder.
    """
    with (
        tempfile.TemporaryDirectory(prefix="throughline-", ignore_cleanup_errors=True) as name,
        Supervisor() as processes,
    ):
        directory = Path(name)
        postgres = Postgres(directory, throw_away=True)
        try:
            variables = {
                "THROUGHLINE_VAR": name,
                "DATABASE_URL": postgres.start(),
                "CELERY_BROKER_URL": valkey.broker_url(directory),
            }
            valkey.start(processes, directory, throw_away=True)
            yield variables, processes, directory
        finally:
            processes.stop_all()
            postgres.stop()
