"""Write-offs that need a second person: asked for, approved or refused. What they are about is the row of the room above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from apps.core.models import User
from apps.ledger.models import RequestedWriteOff, WriteOffReason
from apps.practice.models import Practice
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item, withdraw_items

_State = RequestedWriteOff.State


class ApprovalError(ValueError):
    """Why this cannot be written off, asked for or decided so, as a sentence."""


@dataclass(frozen=True, slots=True)
class WriteOffResult:
    """The dollars that left the books; or, `waits`, that an administrator is asked to approve."""

    amount: Decimal
    waits: bool = False

    @property
    def sentence(self) -> str:
        if self.waits:
            return (
                f"${self.amount:,.2f} is above what one person may write off. An administrator is asked to approve it."
            )
        return f"${self.amount:,.2f} written off."


def checked_reason(reason: str, note: str) -> tuple[WriteOffReason, str]:
    """The reason, and the note without blanks around it. Raises ApprovalError for another reason, or for "other" without a note."""
    words = note.strip()[:200]
    if reason not in WriteOffReason.values:
        raise ApprovalError("Choose a reason for the write-off.")
    if reason == WriteOffReason.OTHER and not words:
        raise ApprovalError("Say in the note why it is written off.")
    return WriteOffReason(reason), words


def needs_approval(amount: Decimal) -> bool:
    """Above the practice's limit, in dollars; a practice without one lets each biller decide."""
    limit = Practice.objects.values_list("write_off_limit", flat=True).first()
    return limit is not None and amount > limit


def ask_approval(row: RequestedWriteOff, *, url_name: str, subject_public_id: str, now: datetime) -> WriteOffResult:
    """Save the request with a task for an administrator on the page of what it is about."""
    row.work_item = open_item(
        kind="write_off_approval",
        title="Approve or refuse a write-off",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name=url_name,
        subject_public_id=subject_public_id,
        now=now,
        amount_at_stake=row.amount,
    )
    row.save()
    return WriteOffResult(row.amount, waits=True)


def decide_request(row: RequestedWriteOff, *, approved: bool, note: str, acting_user: User, now: datetime) -> None:
    """`row` is locked. Nobody decides a request of their own; a refusal says why. Raises ApprovalError."""
    words = note.strip()[:200]
    if row.state != _State.OPEN:
        raise ApprovalError("This request is decided already.")
    if row.requested_by_id == acting_user.pk:
        raise ApprovalError("Somebody else must decide on what you asked for.")
    if not approved and not words:
        raise ApprovalError("Say why it is not approved.")
    row.state = _State.APPROVED if approved else _State.REFUSED
    row.decided_by, row.decided_at, row.decision_note = acting_user, now, words
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    close_item(row.work_item, acting_user=acting_user, now=now, outcome=str(_State(row.state).label))


def moved_since(row: RequestedWriteOff, amount: Decimal, stands: str) -> str:
    """What is approved is the amount that was asked for: a sentence where another `amount`, dollars, `stands` by now; else empty."""
    return "" if amount == row.amount else f"{amount:.2f} {stands} by now, and {row.amount:.2f} was asked for."


def withdraw_requests(rows: "QuerySet[RequestedWriteOff]", *, now: datetime) -> None:
    """What they were about is settled otherwise: nobody needs to decide any more."""
    found: Collection[tuple[int, int | None]] = list(
        rows.filter(state=_State.OPEN).select_for_update().values_list("pk", "work_item")
    )
    if found:
        rows.filter(pk__in=[key for key, _ in found]).update(state=_State.WITHDRAWN, decided_at=now)
        items = [item for _, item in found if item is not None]
        withdraw_items(items, now=now, outcome=str(_State.WITHDRAWN.label))
