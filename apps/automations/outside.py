"""The sandbox's control address: move its time, turn what it does, read what it saw. Loopback HTTP, as everything with the sandbox is."""

import json
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any


class OutsideRefusedError(ValueError):
    """What the sandbox does not do, in its own sentence."""


class OutsideAwayError(Exception):
    """Nothing answers at the sandbox's address."""


class Outside:
    """Raises OutsideRefusedError and OutsideAwayError."""

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

    def health(self) -> dict[str, Any]:
        """Its clock, what it still owes (`due`), the files that it is about to lose (`losing`)."""
        return self._call("/control/health")

    def knobs(self) -> dict[str, Any]:
        return self._call("/control/knobs")

    def turn(self, changes: dict[str, Any]) -> dict[str, Any]:
        return self._call("/control/knobs", changes)

    def lose(self, kind: str) -> None:
        """The next 999, 277 or 835 never arrives."""
        self._call("/control/lose", {"kind": kind})

    def hurry(self) -> int:
        """What clearinghouse and payers owe is due now; how many answers."""
        return int(self._call("/control/hurry", {})["hurried"])

    def decide(self, control: str, code: str) -> None:
        """The claim's payer will deny it under this code; "" leaves it to its policy."""
        self._call("/control/decide", {"control": control, "code": code})

    def behave(self, act: str) -> None:
        """All patients do this about their texts; "default": each as they are."""
        self._call("/control/behaviour", {"patient": "all", "act": act})

    def missed_call(self, number: str) -> None:
        self._call("/control/missed-call", {"number": number})

    def _file(self, path: str) -> bytes:
        with urllib.request.urlopen(self._url + path, timeout=30) as answer:  # noqa: S310  loopback
            body: bytes = answer.read()
        return body

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"content-type": "application/json"})  # noqa: S310  loopback
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310  loopback
                found: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            raise OutsideRefusedError(_sentence(refusal)) from refusal
        except (OSError, ValueError) as away:
            raise OutsideAwayError("The sandbox does not answer. Start the demo again with make run.") from away
        return found


def _sentence(refusal: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(refusal.read())["error"])
    except (ValueError, KeyError):
        return f"The sandbox answered {refusal.code}."
