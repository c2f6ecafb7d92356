"""Loopback ports for the product's own processes."""

import socket
from dataclasses import dataclass
from typing import Self

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 1024, 65513
STEP = 100


@dataclass(frozen=True)
class Ports:
    web: int
    sandbox: int
    sftp: int

    @classmethod
    def beside(cls, web: int) -> Self:
        """The sandbox's doors stand near the product's own. Raises PortTakenError for a number that cannot be."""
        if not LOWEST <= web <= HIGHEST:
            raise PortTakenError(f"There is no room at port {web}: choose one from {LOWEST} to {HIGHEST}.")
        return cls(web, web + 10, web + 22)

    @property
    def web_url(self) -> str:
        return f"http://{LOOPBACK}:{self.web}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.sandbox}"

    @property
    def taken(self) -> int | None:
        """The first of them on which another program listens."""
        return next((port for port in (self.web, self.sandbox, self.sftp) if not _is_free(port)), None)

    @property
    def nearest_free(self) -> int:
        """The first web port from here, by steps, at which all of them are free."""
        candidates = (Ports.beside(web) for web in range(self.web, HIGHEST + 1, STEP))
        return next((ports.web for ports in candidates if ports.taken is None), LOWEST)


class PortTakenError(Exception):
    """Carries the sentence for the person at the terminal."""


def require_free(ports: Ports) -> None:
    """Raises PortTakenError where another program listens on one of them; it names an address where none does."""
    taken = ports.taken
    if taken is None:
        return
    raise PortTakenError(
        f"Port {taken} is taken by another program: stop that one, "
        f"or choose another address with make run PORT={ports.nearest_free}."
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
