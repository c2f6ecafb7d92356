from apps.claims.services.build_claims import BuildResult, build_claims
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.move_claims import Move, apply_moves, move_claims
from apps.claims.services.record_adjudications import (
    NewAdjudication,
    NewAdjustment,
    RecordResult,
    record_adjudications,
)
from apps.claims.services.scrub_claims import ScrubResult, scrub_claim, scrub_claims

__all__ = [
    "BuildResult",
    "Hold",
    "Move",
    "NewAdjudication",
    "NewAdjustment",
    "RecordResult",
    "ScrubResult",
    "apply_moves",
    "build_claims",
    "hold_claims",
    "move_claims",
    "record_adjudications",
    "scrub_claim",
    "scrub_claims",
]
