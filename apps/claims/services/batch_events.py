"""What happened to a file, one sentence each: written, every attempt, every answer, every decision."""

from datetime import datetime

from apps.claims.models import BatchEvent
from apps.core.models import User


def tell_batch(
    batch_id: int,
    what: str,
    *,
    now: datetime,
    acting_user: User | None = None,
    transmission_id: int | None = None,
    segment: int | None = None,
) -> None:
    """`transmission_id`: the answer that says so, and its segment. The file's own bytes are the batch's."""
    BatchEvent.objects.create(
        batch_id=batch_id,
        at=now,
        what=what[:240],
        actor=acting_user,
        transmission_id=transmission_id,
        segment=segment,
    )
