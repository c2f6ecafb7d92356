"""Whether the web process of this container is up: `python -m scripts.healthy`, exit status 0 or 1. The image has no curl."""

import sys
from http.client import HTTPConnection, HTTPException

from config.env import secret

PORT = 8000
PATIENCE_SECONDS = 5


def host_name() -> str:
    """One that the process answers to: the first of ALLOWED_HOSTS, of ".example.org" the domain itself."""
    return secret("ALLOWED_HOSTS").split(",")[0].strip().lstrip(".")


def is_healthy(port: int) -> bool:
    """Asked directly: no proxy of the environment, no redirect."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host_name()})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_healthy(PORT))
