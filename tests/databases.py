"""The database of each worker of pytest-xdist: the first that needs one lives through the migrations, the others copy what it made.

Only on the throw-away server that tests.services starts; on another one each worker makes its own, as pytest-django does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

TEMPLATE = "tests_template"


def can_be_copied() -> bool:
    """Whether the server dies with the run."""
    return "THROW_AWAY_SERVER" in os.environ


def copy_database(worker: str) -> None:
    """From now on the connection is to a database of this worker's own, with all migrations and no rows."""
    with _alone(), psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        if not server.execute("SELECT datname FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            _migrate()
        own = f"tests_{worker}"
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(own), Identifier(TEMPLATE)))
    connection.settings_dict["NAME"] = own


def _migrate() -> None:
    """Under another name until it is whole: a worker that fails half-way leaves nothing that the next would copy."""
    connection.settings_dict["TEST"]["NAME"] = unfinished = f"{TEMPLATE}_unfinished"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(TEMPLATE)))


@contextmanager
def _alone() -> Iterator[None]:
    """One worker at a time."""
    with Path(os.environ["THROW_AWAY_SERVER"], "template.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield
