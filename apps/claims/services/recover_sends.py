import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.claims.models import Batch
from apps.claims.services.submit_batch import ask_what_became

logger = logging.getLogger(__name__)

# Longer than the longest upload: a sender that is still at work is left alone.
GIVEN_UP_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RecoverResult:
    """What became of batches whose sender died. `failures`: one for each that could not be asked about; the next call tries it again."""

    sent: int
    to_retry: int
    unknown: int
    failures: tuple[Exception, ...] = ()


def recover_sends(*, now: datetime) -> RecoverResult:
    """Batches that a crash left in `sending`: the other side is asked; where it cannot be asked they become unknown.

    Two recoverers may ask about the same batch: each outcome is a conditional update, so only one of them counts. A batch that fails
    does not hold up the others; its failure is told.
    """
    left = Batch.objects.filter(state=Batch.State.SENDING, sending_since__lte=now - GIVEN_UP_AFTER)
    became: list[Batch.State] = []
    failures: list[Exception] = []
    for key in list(left.order_by("pk").values_list("pk", flat=True)):
        try:
            became.append(ask_what_became(_batch(key), now=now))
        except Exception as failure:  # whatever it is, it is this batch's alone; told in the result
            logger.exception("Asking about batch %s failed.", key)
            failures.append(failure)
    return RecoverResult(
        became.count(Batch.State.SENT),
        became.count(Batch.State.WRITTEN),
        became.count(Batch.State.UNKNOWN),
        tuple(failures),
    )


def _batch(key: int) -> Batch:
    """Without its bytes: only its name is asked after."""
    return (
        Batch.objects.select_related("connection", "transmission", "work_item")
        .defer("transmission__payload")
        .get(pk=key)
    )
