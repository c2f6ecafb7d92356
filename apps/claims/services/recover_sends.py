from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.claims.models import Batch
from apps.claims.services.submit_batch import ask_what_became

# Longer than the longest upload: a sender that is still at work is left alone.
GIVEN_UP_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RecoverResult:
    """What became of batches whose sender died."""

    sent: int
    to_retry: int
    unknown: int


def recover_sends(*, now: datetime) -> RecoverResult:
    """Batches that a crash left in `sending`: the other side is asked; where it cannot be asked they become unknown.

    Two recoverers may ask about the same batch: each outcome is a conditional update, so only one of them counts.
    """
    left = Batch.objects.filter(state=Batch.State.SENDING, sending_since__lte=now - GIVEN_UP_AFTER)
    became = [
        ask_what_became(batch, now=now) for batch in left.select_related("connection", "transmission", "work_item")
    ]
    return RecoverResult(
        became.count(Batch.State.SENT), became.count(Batch.State.WRITTEN), became.count(Batch.State.UNKNOWN)
    )
