"""The Clearinghouse port on Waystar."""

import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import asyncssh

from apps.connectors import http
from apps.connectors.adapters.waystar import mapping, sftp
from apps.connectors.adapters.waystar.upload import Upload
from apps.connectors.ports.clearinghouse import ClearinghouseCapabilities, ResponseFile
from apps.connectors.ports.errors import ConnectorError, RefusedError

logger = logging.getLogger(__name__)
SYSTEM = "The clearinghouse"
ELIGIBILITY_URL = "https://eligibilityapi.zirmed.com/1.0/Rest/Gateway/GatewayAsync.ashx"
ELIGIBILITY_HOSTS = ("eligibilityapi.zirmed.com",)
LARGEST_FILE = 100 * 1024 * 1024


class WaystarClearinghouse:
    # An upload is collected at once: nothing tells afterwards whether it arrived.
    capabilities = ClearinghouseCapabilities(can_list_uploads=False)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._upload = str(settings.get("upload_folder", "upload"))
        self._download = str(settings.get("download_folder", "download"))

    def upload_claims(self, name: str, payload: bytes) -> None:
        upload = Upload(f"{self._upload}/{mapping.remote_name(name)}", payload)
        try:
            sftp.run(lambda: upload.send(self._settings), upload.judge)
        except ConnectorError:
            if not upload.arrived:
                raise

    def holds_upload(self, name: str) -> bool | None:  # noqa: ARG002  the port's signature
        return None

    def new_files(self, known: Collection[str]) -> Iterator[ResponseFile]:
        async def fetch() -> list[ResponseFile]:
            async with sftp.session(self._settings) as client:
                listed = await client.readdir(self._download)
                names = sorted(entry.filename for entry in listed if _is_new(entry, known))
                found = [await self._read(client, str(name)) for name in names]
                return [file for file in found if file]

        yield from sftp.run(fetch)

    async def _read(self, client: asyncssh.SFTPClient, name: str) -> ResponseFile | None:
        """None for a file that is too large, or still being written: the next look finds it whole."""
        path = f"{self._download}/{name}"
        before = await client.stat(path)
        if (before.size or 0) > LARGEST_FILE:
            logger.error("The response file %s is larger than %d bytes and was left where it is.", name, LARGEST_FILE)
            return None
        async with client.open(path, "rb") as file:
            payload = cast("bytes", await file.read())  # opened as binary
        after = await client.stat(path)
        if (after.size, after.mtime) != (before.size, before.mtime) or len(payload) != after.size:
            return None
        return ResponseFile(name=name, kind=mapping.kind_of(name), payload=payload)

    def check_eligibility(self, inquiry: bytes) -> bytes:
        url = str(self._settings.get("eligibility_url", ELIGIBILITY_URL))
        form = mapping.inquiry_form(self._settings, inquiry)
        with http.client(self._settings.get("hosts") or ELIGIBILITY_HOSTS) as session:
            response = http.ask(session, "POST", url, system=SYSTEM, data=form)
        if not response.is_success:
            raise RefusedError(f"The clearinghouse refused the eligibility inquiry ({response.status_code}).")
        problem = mapping.answer_problem(response.content)
        if problem:
            raise problem
        return response.content.strip()


def _is_new(entry: asyncssh.SFTPName, known: Collection[str]) -> bool:
    name = str(entry.filename)
    return entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and name not in known and not name.startswith(".")
