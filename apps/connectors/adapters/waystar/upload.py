"""One file on its way to the clearinghouse. How far it came decides what a failure means (ARCHITECTURE law 11)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncssh

from apps.connectors.adapters.waystar import sftp
from apps.connectors.adapters.waystar.errors import FolderError, before_sending
from apps.connectors.ports.errors import ConnectorError, UncertainError

SEND_SECONDS = 240  # less than the whole session has, so that a slow send leaves time for the farewell
REFUSALS = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


@dataclass
class Upload:
    """`asked`: the server was asked to open the file, so from here on it may arrive. `arrived`: the server has closed it."""

    path: str
    payload: bytes
    asked: bool = False
    arrived: bool = False

    async def send(self, settings: Mapping[str, Any]) -> None:
        async with sftp.session(settings) as client, asyncio.timeout(SEND_SECONDS):
            self.asked = True
            try:
                file = await client.open(self.path, "wb")
            except REFUSALS as failure:  # an answer: nothing was opened
                raise FolderError("The clearinghouse refused the upload into its folder.") from failure
            # Not `async with`: after a failure that would ask the same server to close, and wait for its answer.
            await file.write(self.payload)
            await file.close()
            self.arrived = True

    def judge(self, failure: Exception) -> ConnectorError:
        return UncertainError("The upload to the clearinghouse was cut off.") if self.asked else before_sending(failure)
