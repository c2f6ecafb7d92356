"""Claims as 837P files to look at or to check: marked as tests (ISA15 = T), numbered apart from what is sent, sent nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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


def write_claim_files(claim_ids: Sequence[int], folder: Path, *, now: datetime) -> list[ClaimFile]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    path.write_bytes(payload)
    return ClaimFile(path, len(views), sound=not judge(payload))
