"""The sandbox's control address: move its time, read what it saw. Spoken over loopback HTTP, as everything with the sandbox is."""

import json
import urllib.request
from datetime import datetime
from typing import Any


class Outside:
    def __init__(self, url: str) -> None:
        self._url = url

    def advance(self, to: datetime) -> dict[str, Any]:
        """Everything that is due in the outside world up to `to` happens; its webhooks are delivered when this returns."""
        return self._call("/control/advance", {"to": to.isoformat()})

    def tally(self) -> dict[str, Any]:
        return self._call("/control/tally")

    def files(self) -> dict[str, Any]:
        """The clearinghouse's portal: `download` (waiting for us) and `received` (our interchanges that arrived)."""
        return self._call("/control/files")

    def practice(self) -> dict[str, Any]:
        return self._call("/control/practice")

    def charge_file(self, day: str) -> bytes:
        """The satellite office's charges of a day as its EHR exports them."""
        return self._file(f"/control/satellite-charges?date={day}")

    def bank_file(self, day: str) -> bytes:
        """The practice's account of a day as the bank's site exports it."""
        return self._file(f"/control/bank-statement?date={day}")

    def _file(self, path: str) -> bytes:
        with urllib.request.urlopen(self._url + path, timeout=30) as answer:  # noqa: S310  loopback
            body: bytes = answer.read()
        return body

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"content-type": "application/json"})  # noqa: S310  loopback
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310  loopback
            found: dict[str, Any] = json.loads(answer.read())
        return found
