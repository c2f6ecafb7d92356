"""What a clearinghouse does, whatever its interface."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ResponseFile:
    """A file that waited for us. `kind` is the adapter's guess from its name; the content decides.

    `problem`: why it was left where it is (too large, may not be read), for a person to read; then the payload is empty.
    """

    name: str
    kind: str
    payload: bytes
    problem: str = ""


class Clearinghouse(Protocol):
    def try_out(self) -> None:
        """Ask for something that changes nothing, so that a person knows whether it answers. Raises ConnectorError."""
        ...

    def upload_claims(self, name: str, payload: bytes) -> None:
        """Deliver one 837P file. Raises OutageError (surely not delivered), UncertainError, RefusedError."""
        ...

    def upload_inquiry(self, name: str, payload: bytes) -> None:
        """Deliver one 276 file; its 277 comes among the new files. Raises OutageError, UncertainError, RefusedError."""
        ...

    def holds_upload(self, name: str) -> bool | None:
        """Whether the file is there; None where the clearinghouse cannot be asked."""
        ...

    def new_files(self, known: Mapping[tuple[str, int], datetime]) -> Iterator[ResponseFile]:
        """Files of the download folder that are not `known`, each as it comes. Reading removes nothing.

        `known`: (name, size) of what came before, and when it last came. A file that was changed since then comes again: a name may
        be used again for a file of the same length. One may come again unchanged, where clocks leave a doubt.
        Raises ConnectorError, after what had come by then.
        """
        ...

    def check_eligibility(self, inquiry: bytes) -> bytes:
        """A real-time 270 in, a 271 (or TA1/999) out. Raises OutageError, RefusedError."""
        ...
