"""Loopback ports for the product's own processes."""

import socket

LOOPBACK = "127.0.0.1"


class PortTakenError(Exception):
    """Carries the sentence for the person at the terminal."""


def require_free(port: int) -> None:
    """Raises PortTakenError where another program listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as failure:
            raise PortTakenError(
                f"Port {port} is taken by another program: stop that one, or choose another with make run PORT={port + 100}."
            ) from failure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
