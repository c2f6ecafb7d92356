"""What waits in the clearinghouse's download folder, brought home a session at a time: a backlog of any size gets in piece by piece."""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import asyncssh

from apps.connectors.adapters.waystar import mapping, sftp
from apps.connectors.ports.clearinghouse import ResponseFile
from apps.connectors.ports.errors import ConnectorError

LARGEST_FILE = 100 * 1024 * 1024
# A session starts no further file past either of these: what it brought is handed on before the next one begins.
ENOUGH_BYTES = 32 * 1024 * 1024
ENOUGH_SECONDS = 60
# The server's clock may be as much behind ours. A file that came within this time of its making is read again at each look, to no effect.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass
class Download:
    """One look into the folder. `known`: (name, size) of what came before, and when it last came."""

    folder: str
    known: Mapping[tuple[str, int], datetime]
    _waiting: deque[asyncssh.SFTPName] | None = None  # None: not listed yet
    _reading: bool = False
    _found: list[ResponseFile] = field(default_factory=list)

    def files(self, settings: Mapping[str, Any]) -> Iterator[ResponseFile]:
        """Raises ConnectorError, but only after what had been read by then.

        One file on which the session breaks does not keep the others back; the second ends the look.
        """
        broken: ConnectorError | None = None
        while self._waiting is None or self._waiting:
            problem = self._session(settings)
            yield from self._found
            self._found.clear()
            if problem and (broken or not self._reading):
                raise problem
            broken = broken or problem
        if broken:
            raise broken

    def _session(self, settings: Mapping[str, Any]) -> ConnectorError | None:
        self._reading = False
        try:
            sftp.run(lambda: self._bring(settings))
        except ConnectorError as failure:
            return failure
        return None

    async def _bring(self, settings: Mapping[str, Any]) -> None:
        clock = asyncio.get_running_loop().time
        async with sftp.session(settings) as client:
            if self._waiting is None:
                listed = await client.readdir(self.folder)
                self._waiting = deque(sorted(filter(self._is_new, listed), key=lambda entry: str(entry.filename)))
            self._reading = True
            size, until = 0, clock() + ENOUGH_SECONDS
            while self._waiting and size < ENOUGH_BYTES and clock() < until:
                file = await self._read(client, self._waiting.popleft())
                if file:
                    self._found.append(file)
                    size += len(file.payload)

    def _is_new(self, entry: asyncssh.SFTPName) -> bool:
        name, attributes = str(entry.filename), entry.attrs
        is_file = attributes.type == asyncssh.FILEXFER_TYPE_REGULAR and not name.startswith(".")
        came = self.known.get((name, attributes.size or 0))
        return is_file and (came is None or (attributes.mtime or 0) > (came - CLOCKS_DIFFER).timestamp())

    async def _read(self, client: asyncssh.SFTPClient, entry: asyncssh.SFTPName) -> ResponseFile | None:
        """None for a file that has gone since it was listed, or is still being written: the next look finds it whole."""
        name, listed = str(entry.filename), entry.attrs
        path, kind = f"{self.folder}/{name}", mapping.kind_of(name)
        try:
            before = listed if listed.size is not None else await client.stat(path)
            size = before.size or 0
            if size > LARGEST_FILE:
                problem = (
                    f"The response file {name} is larger than {LARGEST_FILE // 1024 // 1024} MB and was left there."
                )
                return ResponseFile(name, kind, b"", problem)
            async with client.open(path, "rb") as file:
                payload = cast("bytes", await file.read(size))  # opened as binary
            after = await client.stat(path)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure):
            return ResponseFile(name, kind, b"", f"The response file {name} could not be opened.")
        if (after.size, after.mtime) != (before.size, before.mtime) or len(payload) != after.size:
            return None
        return ResponseFile(name, kind, payload)
