"""One SFTP session, its host key pinned, its address checked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncssh

from apps.connectors import addresses
from apps.connectors.adapters.waystar.errors import before_sending
from apps.connectors.ports.errors import ConnectorError, RefusedError

VENDOR_HOSTS = ("sshftp.waystar.com",)
CONNECT_SECONDS = 20
SESSION_SECONDS = 300
Result = TypeVar("Result")


@asynccontextmanager
async def session(settings: Mapping[str, Any]) -> AsyncIterator[asyncssh.SFTPClient]:
    """Raises ConnectorError where it cannot be opened. What fails inside is the caller's to judge."""
    host, port = str(settings.get("sftp_host", VENDOR_HOSTS[0])), int(settings.get("sftp_port", 22))
    addresses.check_host(host, hosts=settings.get("hosts") or VENDOR_HOSTS)
    address = addresses.resolve(host, port)
    options = {
        "port": port,
        "username": str(settings["sftp_user"]),
        "password": str(settings["sftp_password"]),
        "client_keys": None,
        "agent_path": None,
        "config": None,
        "known_hosts": ([_pinned_key(settings)], [], []),
        "connect_timeout": CONNECT_SECONDS,
        "login_timeout": CONNECT_SECONDS,
    }
    try:
        connection = await asyncssh.connect(address, **options)
    except (OSError, asyncssh.Error) as failure:
        raise before_sending(failure) from failure
    async with connection:
        try:
            client = await connection.start_sftp_client()
        except (OSError, asyncssh.Error) as failure:
            raise before_sending(failure) from failure
        async with client:
            yield client


def _pinned_key(settings: Mapping[str, Any]) -> asyncssh.SSHKey:
    written = str(settings.get("sftp_host_key", ""))
    try:
        return asyncssh.import_public_key(written)
    except (asyncssh.KeyImportError, ValueError) as failure:
        raise RefusedError(
            "Set the clearinghouse's SFTP host key (one line, as in known_hosts) in Settings, Connections."
        ) from failure


def run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """From a worker's ordinary code; the whole session is bounded in time."""

    async def bounded() -> Result:
        return await asyncio.wait_for(work(), SESSION_SECONDS)

    try:
        return asyncio.run(bounded())
    except ConnectorError:
        raise
    except (TimeoutError, OSError, asyncssh.Error) as failure:
        raise before_sending(failure) from failure
