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
    vanishing: frozenset[str] = frozenset()  # listed, and gone when asked for
    refused: frozenset[str] = frozenset()  # may not be read
    breaking: frozenset[str] = frozenset()  # the connection breaks when they are read
    asks: bool = False  # the password is taken as the answer to a question
    told: bool = True  # the password is taken as such
    passwords: int = 0  # how often one was offered
    collects: bool = False  # a file is gone from upload/ when its handle closes, also when the line broke
    collected: list[tuple[str, bytes]] = field(default_factory=list)
    sessions: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def settings(self, **changes: Any) -> dict[str, Any]:
        given = {
            "sftp_host": "127.0.0.1",
            "sftp_port": self.port,
            "sftp_user": USER,
            "sftp_password": PASSWORD,
            "sftp_host_key": self.host_key,
            "eligibility_user": "",
            "eligibility_password": "",
            "hosts": ["127.0.0.1"],
        }
        return {**given, **changes}


class _Door(asyncssh.SSHServer):
    def __init__(self, folders: FolderServer) -> None:
        self._folders = folders

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  the library's signature
        return True

    def password_auth_supported(self) -> bool:
        return self._folders.told

    def validate_password(self, username: str, password: str) -> bool:
        self._folders.passwords += 1
        return (username, password) == (USER, PASSWORD)

    def kbdint_auth_supported(self) -> bool:
        return self._folders.asks

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ARG002
        return "", "", "en", [("Password:", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return self.validate_password(username, responses[0])


class _Folders(asyncssh.SFTPServer):
    def __init__(self, channel: Any, folders: FolderServer) -> None:
        super().__init__(channel, chroot=str(folders.root).encode())
        self._channel, self._folders = channel, folders
        folders.sessions += 1
        self._coming: dict[int, bytes] = {}

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        name = path.decode().rpartition("/")[2]
        if pflags & asyncssh.FXF_WRITE:
            self._cut("open")
            file = super().open(path, pflags, attrs)
            self._coming[id(file)] = path
            return file
        if name in self._folders.refused:
            raise asyncssh.SFTPPermissionDenied("Not this one.")
        if name in self._folders.breaking:
            self._channel.get_connection().abort()
        return super().open(path, pflags, attrs)

    def stat(self, path: bytes) -> Any:
        name = path.decode().rpartition("/")[2]
        if name in self._folders.vanishing:
            raise asyncssh.SFTPNoSuchFile("Gone.")
        return super().stat(path)

    async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        self._cut("write")
        await self._stall("write")
        return super().write(file_obj, offset, data)

    async def close(self, file_obj: Any) -> None:
        super().close(file_obj)
        self._collect(self._coming.pop(id(file_obj), b""))
        self._cut("close")
        await self._stall("close")

    def _collect(self, path: bytes) -> None:
        if path and self._folders.collects:
            place = Path(self.map_path(path).decode())
            self._folders.collected.append((place.name, place.read_bytes()))
            place.unlink()

    async def exit(self) -> None:
        self._cut("session end")
        await self._stall("session end")

    def _cut(self, moment: str) -> None:
        if self._folders.cut_at == moment:
            self._channel.get_connection().abort()

    async def _stall(self, moment: str) -> None:
        if self._folders.stall_at == moment:
            await self._folders.done.wait()


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
                "127.0.0.1", 0, server_factory=lambda: _Door(folders), server_host_keys=[key],
                sftp_factory=lambda channel: _Folders(channel, folders),
            ) as listener:  # fmt: skip
                folders.port = listener.get_port()
                started.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        assert started.wait(60)
        try:
            yield folders
        finally:
            loop.call_soon_threadsafe(folders.done.set)
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()
