"""The public verbs of this room."""

from apps.claims.services.acknowledge_claims import AcknowledgeResult, acknowledge_claims
from apps.claims.services.batch_claims import BatchResult, batch_claims
from apps.claims.services.build_claims import BuildResult, build_claims
from apps.claims.services.chase_unanswered import chase_unanswered
from apps.claims.services.fetch_responses import FetchResult, fetch_responses
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.move_claims import Move, apply_moves, move_claims
from apps.claims.services.record_adjudications import (
    NewAdjudication,
    NewAdjustment,
    RecordResult,
    record_adjudications,
)
from apps.claims.services.recover_sends import RecoverResult, recover_sends
from apps.claims.services.resolve_batch import BatchNotOpenError, release_batch, resend_batch, resolve_unknown_batch
from apps.claims.services.scrub_claims import ScrubResult, scrub_claim, scrub_claims
from apps.claims.services.submit_batch import submit_batch

__all__ = [
    "AcknowledgeResult",
    "BatchNotOpenError",
    "BatchResult",
    "BuildResult",
    "FetchResult",
    "Hold",
    "Move",
    "NewAdjudication",
    "NewAdjustment",
    "RecordResult",
    "RecoverResult",
    "ScrubResult",
    "acknowledge_claims",
    "apply_moves",
    "batch_claims",
    "build_claims",
    "chase_unanswered",
    "fetch_responses",
    "hold_claims",
    "move_claims",
    "record_adjudications",
    "recover_sends",
    "release_batch",
    "resend_batch",
    "resolve_unknown_batch",
    "scrub_claim",
    "scrub_claims",
    "submit_batch",
]
