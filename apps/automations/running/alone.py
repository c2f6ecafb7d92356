"""One demo a folder: a second one would stand on the same broker, schedule and outside world as the first."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from apps.automations.running.ports import Ports
from apps.core.embedded.places import private_directory


class AlreadyRunsError(Exception):
    """Carries the sentence for the person at the terminal."""


@contextmanager
def alone(directory: Path, ports: Ports) -> Iterator[None]:
    """Hold `directory` for this demo; the system lets go of it should this process die. Raises AlreadyRunsError."""
    with (private_directory(directory) / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunsError(_sentence(_address(file), ports)) from None
        file.truncate(0)
        print(ports.web_url, file=file, flush=True)
        yield


def _address(file: IO[str]) -> str:
    """Of the one that runs; "" where it has not told yet. What an ended one wrote is never read: its lock is free."""
    file.seek(0)
    return file.read().strip()


def _sentence(address: str, ports: Ports) -> str:
    where = f" at {address}" if address else ""
    return (
        f"The demo of this folder already runs{where}: stop it with Ctrl-C there, "
        f"or start another one: THROUGHLINE_VAR=/other/folder make run PORT={ports.nearest_free}."
    )
