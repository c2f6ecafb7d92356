"""Claims as 837P files to look at or to check: marked as tests (ISA15 = T), numbered apart from what is sent, sent nowhere."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError

from apps.claims.encode.claims import ControlNumbers, TradingIds, write_claims
from apps.claims.encode.guide import billing_of
from apps.claims.encode.judge import judge
from apps.claims.selectors.snapshots import snapshots
from apps.core.clock import practice_date
from apps.x12.guides.x837p import MOST_CLAIMS


@dataclass(frozen=True, slots=True)
class ClaimFile:
    path: Path
    claims: int
    sound: bool  # in pyx12's reading


def open_folder(folder: Path) -> None:
    """Make it where it is not there, for its owner alone. Raises CommandError where nothing can be written into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise CommandError(
            f"{folder} is no folder for the claims' files: {failure.strerror}. Name another."
        ) from failure
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(f"The claims' files may not be written into {folder}. Name another folder.")


def write_claim_files(claim_ids: Sequence[int], folder: Path, *, now: datetime) -> list[ClaimFile]:
    """Into a folder that `open_folder` has opened; nobody but its owner may read a file. Raises CommandError."""
    starts = range(0, len(claim_ids), MOST_CLAIMS)
    return [
        _write(claim_ids[start : start + MOST_CLAIMS], number, folder, now)
        for number, start in enumerate(starts, start=1)
    ]


def _write(claim_ids: Sequence[int], number: int, folder: Path, now: datetime) -> ClaimFile:
    views = snapshots(claim_ids, today=practice_date(now))
    billing = billing_of(views)
    numbers = ControlNumbers(number, number, number, f"TEST{number:04d}")
    payload = write_claims(views.values(), billing, TradingIds.of({"usage": "T"}, billing), numbers, now=now)
    path = folder / f"claims-{number:04d}.837"
    try:
        _write_unseen(path, payload)
    except OSError as failure:
        raise CommandError(
            f"The charges came in, and {path} cannot be written: {failure.strerror}. The claims are in the claims list."
        ) from failure
    return ClaimFile(path, len(views), sound=not judge(payload))


def _write_unseen(path: Path, payload: bytes) -> None:
    """Patients' data: whatever the umask, and whoever might read what stood there before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(payload)
