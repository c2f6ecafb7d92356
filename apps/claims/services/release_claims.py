"""Claims of a file that is with nobody leave it: they are scrubbed again and go with the next one."""

from collections.abc import Sequence
from datetime import datetime

from apps.claims.models import Batch, BatchClaim, Finding
from apps.claims.rules.registry import FILE_REJECTED
from apps.claims.services.batch_events import tell_batch
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User


def release(
    batch: Batch, claims: Sequence[int], why: str, what: str, *, now: datetime, acting_user: User | None = None
) -> None:
    """`claims`: keys, locked. `why` is told of the file, `what` of each claim."""
    number = "1 claim leaves" if len(claims) == 1 else f"{len(claims)} claims leave"
    tell_batch(batch.pk, f"{why.rstrip('.')}. {number} with the next file.", now=now, acting_user=acting_user)
    moves = [Move(key, ClaimStatus.DRAFT, what, batch.transmission_id) for key in claims]
    apply_moves(moves, now=now, acting_user=acting_user)
    batch.members.filter(claim__in=claims, answer=BatchClaim.Answer.NONE).update(
        answer=BatchClaim.Answer.RELEASED, answered_at=now
    )
    Finding.objects.filter(claim__in=claims, state=Finding.State.OPEN, rule=FILE_REJECTED.code).update(
        state=Finding.State.FIXED, settled_by=acting_user, settled_at=now
    )
    nudge("scrub_claims")
