from apps.claims.services.move_claims import Move, apply_moves, move_claims
from apps.claims.services.record_adjudications import (
    NewAdjudication,
    NewAdjustment,
    RecordResult,
    record_adjudications,
)

__all__ = [
    "Move",
    "NewAdjudication",
    "NewAdjustment",
    "RecordResult",
    "apply_moves",
    "move_claims",
    "record_adjudications",
]
