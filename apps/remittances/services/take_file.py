"""Take in a remittance file that a person brings: by upload or by command."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.core.jobs import nudge
from apps.core.models import User

KIND = "835"
LARGEST = 20 * 1024 * 1024


class UnacceptableFileError(Exception):
    """The file is not stored. The message says why, for the person who brought it."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    transmission: Transmission
    is_new: bool


def store_file(*, name: str, payload: bytes, now: datetime) -> TakenFile:
    """Store it byte for byte. The same bytes under the same name come in once.

    Raises UnacceptableFileError for a file that is empty or larger than 20 MB. What it holds is judged once it is stored.
    """
    if not payload.strip():
        raise UnacceptableFileError("The file is empty.")
    if len(payload) > LARGEST:
        raise UnacceptableFileError("The file is larger than 20 MB. Ask the clearinghouse to send it in parts.")
    return TakenFile(*journal.receive(payload, kind=KIND, name=name[:100], now=now))


@transaction.atomic
def take_file(*, name: str, payload: bytes, acting_user: User | None, now: datetime) -> TakenFile:
    """Store what a person uploads, and nudge its posting. Raises UnacceptableFileError.

    A file that does not begin as X12 is not stored at all: a person picked the wrong one.
    """
    if not payload.lstrip()[:3] == b"ISA":
        raise UnacceptableFileError("This is not an X12 file: it does not begin with an ISA segment.")
    taken = store_file(name=name, payload=payload, now=now)
    record(
        "take_remittance_file",
        acting_user=acting_user,
        now=now,
        subject_kind="transmission",
        subject_public_id=taken.transmission.public_id,
        is_new=taken.is_new,
    )
    nudge("post_remittances")
    return taken
