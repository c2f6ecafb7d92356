"""What becomes of charges that were taken off a claim: each decision is kept, and ends the task that asked for it."""

from datetime import datetime

from apps.claims.models import Claim, LineOff
from apps.core.models import User
from apps.worklist.queue import close_item


def settle_line_off(off: LineOff, state: LineOff.State, reason: str, *, acting_user: User, now: datetime) -> None:
    """The caller holds the claim's lock."""
    off.state, off.settled_by, off.settled_at = state, acting_user, now
    off.settled_reason = reason.strip()[:300]
    off.save(update_fields=["state", "settled_by", "settled_at", "settled_reason"])
    close_item(off.work_item, acting_user=acting_user, now=now, outcome=str(state.label))


def close_lines_off(claim: Claim, reason: str, *, acting_user: User, now: datetime) -> None:
    """The claim is no more: nothing that was taken off it waits for a decision."""
    for off in claim.lines_off.filter(state=LineOff.State.OPEN).select_related("work_item").order_by("pk"):
        settle_line_off(off, LineOff.State.UNBILLED, reason, acting_user=acting_user, now=now)
