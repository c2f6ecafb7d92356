"""Which services a command gets before Django loads its settings."""

import atexit
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from apps.core.embedded import valkey
from apps.core.embedded.places import EmbeddedServiceError, private_directory
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.processes import Supervisor

DEVELOPMENT = "config.settings.development"
# These read no row.
WITHOUT_SERVICES = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "makemessages",
    "simulate",
}
# These live in a database of their own, whatever is configured, under a clock of their own.
THROW_AWAY = {"journey"}


def configured(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def embedded_postgres(directory: Path) -> Postgres | None:
    """`directory`'s own server, where that is the one in use."""
    own = Postgres(directory)
    return own if os.environ.get("DATABASE_URL") == own.url else None


def use_embedded_services(argv: Sequence[str], directory: Path) -> None:
    """Point DATABASE_URL and CELERY_BROKER_URL at `directory`'s own services where development names none.

    PostgreSQL starts by itself and ends with its last user. Valkey belongs to `up`: elsewhere a nudge reaches it if it runs.
    """
    command = _command(argv)
    if command.startswith("-") or command in WITHOUT_SERVICES:
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
    # The demo's mails name people: the folder is there before Django would make it for everybody to read.
    private_directory(private_directory(directory) / "mail").chmod(0o700)


def use_throw_away_services(argv: Sequence[str]) -> bool:
    """Point everything at a PostgreSQL, a Valkey, a folder and a clock that are gone when this process ends.

    Only for the commands that need it, and before the settings are loaded; whether it was done.
    """
    if _command(argv) not in THROW_AWAY:
        return False
    until_exit = ExitStack()
    try:
        variables = _throw_away_services(until_exit)
    except EmbeddedServiceError as failure:
        sys.exit(str(failure))
    # A secret's file would be believed before its variable.
    os.environ.update({**variables, **{f"{name}_FILE": "" for name in variables}})
    return True


def _throw_away_services(until_exit: ExitStack) -> dict[str, str]:
    name = until_exit.enter_context(tempfile.TemporaryDirectory(prefix="throughline-", ignore_cleanup_errors=True))
    # Only now: a temporary folder removes itself at exit, and what is registered later goes first.
    atexit.register(until_exit.close)
    directory = Path(name)
    postgres = Postgres(directory, throw_away=True)
    until_exit.callback(postgres.stop)
    processes = until_exit.enter_context(Supervisor())
    valkey.start(processes, directory, throw_away=True)
    return {
        "THROUGHLINE_VAR": name,
        "THROUGHLINE_VIRTUAL_CLOCK": str(directory / "clock"),
        "DATABASE_URL": postgres.start(),
        "CELERY_BROKER_URL": valkey.broker_url(directory),
    }


def _command(argv: Sequence[str]) -> str:
    """Of a start with the settings of development; of any other, "help"."""
    if os.environ.get("DJANGO_SETTINGS_MODULE") != DEVELOPMENT:
        return "help"
    return argv[1] if len(argv) > 1 else "help"
