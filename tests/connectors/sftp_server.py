"""An SFTP server on loopback with an upload and a download folder, that can break off at a chosen moment."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "pecan", "row secret"


@dataclass
class FolderServer:
    root: Path
    port: int = 0
    host_key: str = ""
    cut_at: str = ""  # "open", "write", "close", "session end": the connection breaks there
    stall_at: str = ""  # "write", "close", "session end": the server falls silent there
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def settings(self, **changes: Any) -> dict[str, Any]:
        given = {
            "sftp_host": "127.0.0.1",
            "sftp_port": self.port,
            "sftp_user": USER,
            "sftp_password": PASSWORD,
            "sftp_host_key": self.host_key,
            "hosts": ["127.0.0.1"],
        }
        return {**given, **changes}


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  the library's signature
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _sftp(folders: FolderServer) -> type[asyncssh.SFTPServer]:
    class Folders(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(folders.root).encode())
            self._channel = channel

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            self._cut("open", pflags)
            return super().open(path, pflags, attrs)

        async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
            self._cut("write", asyncssh.FXF_WRITE)
            await self._stall("write")
            return super().write(file_obj, offset, data)

        async def close(self, file_obj: Any) -> None:
            writes = file_obj.writable()
            super().close(file_obj)
            if writes:
                self._cut("close", asyncssh.FXF_WRITE)
                await self._stall("close")

        async def exit(self) -> None:
            self._cut("session end", asyncssh.FXF_WRITE)
            await self._stall("session end")

        def _cut(self, moment: str, pflags: int) -> None:
            if folders.cut_at == moment and pflags & asyncssh.FXF_WRITE:
                self._channel.get_connection().abort()

        async def _stall(self, moment: str) -> None:
            if folders.stall_at == moment:
                await folders.done.wait()

    return Folders


@contextmanager
def folder_server() -> Iterator[FolderServer]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        (root / "upload").mkdir()
        (root / "download").mkdir()
        folders = FolderServer(root)
        key = asyncssh.generate_private_key("ssh-ed25519")
        folders.host_key = key.export_public_key().decode().strip()
        loop = asyncio.new_event_loop()
        started = threading.Event()
        stop = asyncio.Event()

        async def serve() -> None:
            async with await asyncssh.listen(
                "127.0.0.1", 0, server_factory=_Door, server_host_keys=[key], sftp_factory=_sftp(folders)
            ) as listener:
                folders.port = listener.get_port()
                started.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        started.wait(10)
        try:
            yield folders
        finally:
            loop.call_soon_threadsafe(folders.done.set)
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()
