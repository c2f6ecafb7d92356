"""One SFTP session, its host key pinned, its address checked."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncssh

from apps.connectors import addresses
from apps.connectors.adapters.waystar.errors import before_sending
from apps.connectors.ports.errors import ConnectorError, RefusedError

logger = logging.getLogger(__name__)
VENDOR_HOSTS = ("sshftp.waystar.com",)
LAST_PORT = 65535
CONNECT_SECONDS = 20
SESSION_SECONDS = 300
LEAVE_SECONDS = 10
# First, not only: processors carry AES out themselves, while the library's own first choice is worked out in Python for each packet.
CIPHERS = "^aes256-gcm@openssh.com,aes128-gcm@openssh.com"
Result = TypeVar("Result")


@asynccontextmanager
async def session(settings: Mapping[str, Any]) -> AsyncIterator[asyncssh.SFTPClient]:
    """Raises ConnectorError where it cannot be opened. What fails inside is the caller's to judge; leaving never fails."""
    host, port = check_address(settings)
    address = addresses.resolve(host, port)
    options = {
        "port": port,
        "username": str(settings["sftp_user"]),
        "password": str(settings["sftp_password"]),
        "client_keys": None,
        "agent_path": None,
        "config": None,
        "encryption_algs": CIPHERS,
        "known_hosts": ([pinned_key(settings)], [], []),
        "connect_timeout": CONNECT_SECONDS,
        "login_timeout": CONNECT_SECONDS,
    }
    try:
        connection = await asyncssh.connect(address, **options)
    except (OSError, asyncssh.Error) as failure:
        raise before_sending(failure) from failure
    try:
        try:
            client = await connection.start_sftp_client()
        except (OSError, asyncssh.Error) as failure:
            raise before_sending(failure) from failure
        yield client
        await _leave(connection, client)
    finally:
        connection.abort()  # asks for no answer: a server that has fallen silent holds nobody


async def _leave(connection: asyncssh.SSHClientConnection, client: asyncssh.SFTPClient) -> None:
    """Politely, but not for long: what was to be done is done, however the farewell goes."""
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            client.exit()
            await client.wait_closed()
            connection.close()
            await connection.wait_closed()
    except (OSError, asyncssh.Error):
        logger.info("The clearinghouse's SFTP server did not close the session properly.")


def check_address(settings: Mapping[str, Any]) -> tuple[str, int]:
    """Host and port. Raises RefusedError where no session could lead there: a host that was not allowed, a port that there is not."""
    host, port = str(settings.get("sftp_host", VENDOR_HOSTS[0])), str(settings.get("sftp_port", 22))
    addresses.check_host(host, hosts=settings.get("hosts") or VENDOR_HOSTS)
    if not (port.isdecimal() and 0 < int(port) <= LAST_PORT):
        raise RefusedError(f"sftp_port is a number from 1 to {LAST_PORT}.")
    return host, int(port)


def pinned_key(settings: Mapping[str, Any]) -> asyncssh.SSHKey:
    """Raises RefusedError where the setting cannot be read as a public key."""
    written = str(settings.get("sftp_host_key", ""))
    try:
        return asyncssh.import_public_key(written)
    except (asyncssh.KeyImportError, ValueError) as failure:
        raise RefusedError(
            "Set the clearinghouse's SFTP host key, sftp_host_key (one line, as in known_hosts) in Settings, Connections."
        ) from failure


def run(
    work: Callable[[], Coroutine[Any, Any, Result]],
    judge: Callable[[Exception], ConnectorError] = before_sending,
) -> Result:
    """From a worker's ordinary code; the whole session is bounded in time. `judge` says what a failure, or that bound, means."""

    async def bounded() -> Result:
        async with asyncio.timeout(SESSION_SECONDS):
            return await work()

    try:
        return asyncio.run(bounded())
    except ConnectorError:
        raise
    except (OSError, asyncssh.Error) as failure:  # TimeoutError is an OSError
        raise judge(failure) from failure
