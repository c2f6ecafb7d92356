"""The database of each worker of pytest-xdist: all migrations are lived through once, and the workers copy what came of them.

Only on the throw-away server that tests.services starts; on another one each worker makes its own, as pytest-django does. As a
program (python -m tests.databases) it migrates while the workers still collect; should it fail, the first worker that needs a
database does it, and says why it cannot.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import django
import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

TEMPLATE = "tests_template"


def can_be_copied() -> bool:
    """Whether the server dies with the run."""
    return "THROW_AWAY_SERVER" in os.environ


def copy_database(worker: str) -> None:
    """From now on the connection is to a database of this worker's own, with all migrations and no rows."""
    with _alone(), _server() as server:
        _migrate_once(server)
        own = f"tests_{worker}"
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(own), Identifier(TEMPLATE)))
    connection.settings_dict["NAME"] = own


def _server() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _migrate_once(server: psycopg.Connection) -> None:
    if not server.execute("SELECT datname FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
        _migrate(server)


def _migrate(server: psycopg.Connection) -> None:
    """Under another name until it is whole: who fails half-way leaves nothing that the next would copy."""
    connection.settings_dict["TEST"]["NAME"] = unfinished = f"{TEMPLATE}_unfinished"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(TEMPLATE)))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time."""
    with Path(os.environ["THROW_AWAY_SERVER"], "template.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    with _alone(), _server() as server:
        _migrate_once(server)
