"""Take in a remittance file that a person brings: by upload or by command."""

from dataclasses import dataclass
from datetime import datetime
from io import SEEK_END, BytesIO
from typing import BinaryIO

from django.db import transaction

from apps.audit.trail import record
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.connectors.payloads import frames_of
from apps.core.jobs import nudge, start_job
from apps.core.models import User
from apps.remittances.models import RemittanceFile
from apps.x12.tokens import blocks

KIND = "835"
JOB = "post_remittance_file"
# A year of a large group in one file; the clearinghouse's folder is read up to the same size.
LARGEST = 100 * 1024 * 1024
# What a browser sends is in memory while it comes.
LARGEST_UPLOAD = 20 * 1024 * 1024


class UnacceptableFileError(Exception):
    """The file is not stored. The message says why, for the person who brought it."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    transmission: Transmission
    is_new: bool


def store_file(*, name: str, payload: bytes | BinaryIO, now: datetime) -> TakenFile:
    """Store it byte for byte, a file in pieces. The same bytes come in once, whatever their name.

    Raises UnacceptableFileError for a file that is empty or larger than 100 MB. What it holds is judged once it is stored.
    """
    file = BytesIO(payload) if isinstance(payload, bytes) else payload
    if file.seek(0, SEEK_END) > LARGEST:
        raise UnacceptableFileError("The file is larger than 100 MB. Ask the clearinghouse to send it in parts.")
    file.seek(0)
    if not any(frame.strip() for frame in frames_of(file)):
        raise UnacceptableFileError("The file is empty.")
    file.seek(0)
    return TakenFile(*journal.receive(file, kind=KIND, name=name[:100], now=now, by_bytes=True))


@transaction.atomic
def take_file(*, name: str, payload: bytes, acting_user: User | None, now: datetime) -> TakenFile:
    """Store what a person uploads, and nudge its posting. Raises UnacceptableFileError, also for more than 20 MB.

    A file without an X12 interchange is not stored at all: a person picked the wrong one.
    """
    if len(payload) > LARGEST_UPLOAD:
        raise UnacceptableFileError("The file is larger than 20 MB. Ask the clearinghouse to send it in parts.")
    if next(blocks(payload), None) is None:
        raise UnacceptableFileError("This is not an X12 file: there is no ISA segment in it.")
    taken = store_file(name=name, payload=payload, now=now)
    record(
        "take_remittance_file",
        acting_user=acting_user,
        now=now,
        subject_kind="transmission",
        subject_public_id=taken.transmission.public_id,
        is_new=taken.is_new,
    )
    if taken.is_new:
        show_as_job(taken.transmission, acting_user=acting_user, now=now)
    nudge("post_remittances")
    return taken


@transaction.atomic
def show_as_job(transmission: Transmission, *, acting_user: User | None, now: datetime) -> None:
    """The posting of what a person brought stands in the job list; how many claims it has is known once it is read."""
    file = RemittanceFile.objects.create(transmission=transmission, received_at=transmission.at)
    file.run = start_job(
        JOB, now=now, requested_by=acting_user, url_name="remittances:file", subject_public_id=file.public_id
    )
    file.save(update_fields=["run"])
