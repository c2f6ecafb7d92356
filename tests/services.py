"""A pytest plugin, loaded with `-p tests.services`: a throw-away PostgreSQL for the whole run, unless DATABASE_URL names one.

A plugin and not a conftest, since Django's settings read DATABASE_URL before any conftest is imported. Workers of pytest-xdist
inherit the controller's environment and so share its server, each with a database of its own.
"""

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from apps.core.embedded import EmbeddedServiceError
from apps.core.embedded.postgres import Postgres


def _start() -> None:
    directory = tempfile.TemporaryDirectory(prefix="throughline-tests-", ignore_cleanup_errors=True)
    postgres = Postgres(Path(directory.name), throw_away=True)
    try:
        url = postgres.start()
    except EmbeddedServiceError as failure:
        sys.exit(str(failure))
    # In this order at the end: the server, then its folder.
    atexit.register(directory.cleanup)
    atexit.register(postgres.stop)
    # Statistics that are taken between two tests say that tables are empty, and a test that then fills them waits for minutes.
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET autovacuum = off")
        server.execute("SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = url
    os.environ["THROW_AWAY_SERVER"] = directory.name
    os.environ.setdefault("THROUGHLINE_VAR", directory.name)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The workers are about to start, and take a while to find their tests: their database is made meanwhile."""
    if "THROW_AWAY_SERVER" in os.environ:
        migrating = subprocess.Popen(
            [sys.executable, "-m", "tests.databases"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        atexit.register(migrating.wait)
        atexit.register(migrating.terminate)


if not os.environ.get("DATABASE_URL"):
    _start()
