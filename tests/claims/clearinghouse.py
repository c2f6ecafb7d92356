"""A clearinghouse in a folder: the outside world of these tests, named by settings like any adapter.

Its connection's settings say how it behaves: `mood` is "well", "down" (nothing arrives), "lost" (cut off before the file is whole),
"cut" (cut off after it arrived), "refuses" (the file), "locked" (refuses the sign-in), "dies before", "dies after",
"breaks" (asked, it fails unforeseen);
`lists` whether it can be asked what it holds;
`breaks_at` the response file on which the line breaks; `leaves` the one that is too large.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.connectors.ports.clearinghouse import ResponseFile
from apps.connectors.ports.errors import OutageError, RefusedError, SignInRefusedError, UncertainError


class Killed(BaseException):
    """The process ends here, as by SIGKILL: no handler of ours may catch it."""


class FolderClearinghouse:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.folder = Path(settings["folder"])
        self.mood = settings.get("mood", "well")
        self.lists = settings.get("lists", True)
        self.breaks_at, self.leaves = settings.get("breaks_at", ""), settings.get("leaves", "")

    def upload_claims(self, name: str, payload: bytes) -> None:
        before = {
            "down": OutageError("The clearinghouse cannot be reached."),
            "lost": UncertainError("Cut off."),
            "refuses": RefusedError("The password is not accepted."),
            "locked": SignInRefusedError("The password is wrong."),
            "dies before": Killed(),
        }
        if self.mood in before:
            raise before[self.mood]
        with (self.folder / "log").open("a") as log:
            log.write(f"{name}\n")
        (self.folder / name).write_bytes(payload)
        if self.mood == "cut":
            raise UncertainError("Cut off.")
        if self.mood == "dies after":
            raise Killed

    def upload_inquiry(self, name: str, payload: bytes) -> None:
        self.upload_claims(name, payload)

    def holds_upload(self, name: str) -> bool | None:
        if not self.lists:
            return None
        if self.mood == "down":
            raise OutageError("The clearinghouse cannot be reached.")
        if self.mood == "breaks":
            raise ValueError("Adelaide Fernsby")
        return (self.folder / name).exists()

    def new_files(self, known: Mapping[tuple[str, int], datetime]) -> Iterator[ResponseFile]:
        for path in sorted((self.folder / "download").glob("*")):
            came = known.get((path.name, path.stat().st_size))
            if came is None or path.stat().st_mtime > came.timestamp():
                if path.name == self.breaks_at:
                    raise OutageError("The line broke.")
                left = path.name == self.leaves
                problem = f"{path.name} is too large." if left else ""
                yield ResponseFile(path.name, "999", b"" if left else path.read_bytes(), problem)

    def check_eligibility(self, inquiry: bytes) -> bytes:  # noqa: ARG002  the port names it
        raise RefusedError("This clearinghouse checks nobody.")
