"""Take back what has not left yet. Called inside the transaction that stops, settles or withdraws a balance."""

from collections.abc import Collection, Sequence
from datetime import datetime

from apps.patient_balances.models import Balance, Message
from apps.worklist.queue import withdraw_items

State = Message.State
NOT_LEFT = (State.WAITING, State.TO_MAIL)


def cancel_messages(balance_ids: Collection[int], *, why: str, now: datetime) -> int:
    """How many were cancelled. A message that also speaks for another, still open balance goes out for that one instead.

    The update of the message's own row is what a sender on its way to `sending` runs into: whichever of the two commits
    first wins, and the other sees it.
    """
    rows = list(
        Message.objects.select_for_update()
        .filter(balance__in=balance_ids, state__in=(*NOT_LEFT, State.JOINED), sent_at=None)
        .order_by("pk")
    )
    if not rows:
        return 0
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.CANCELLED, sent_with=None, problem=why[:200]
    )
    withdraw_items([row.work_item_id for row in rows if row.work_item_id], now=now, outcome=why)
    _promote([row for row in rows if row.state in NOT_LEFT])
    return len(rows)


def _promote(cancelled: Sequence[Message]) -> None:
    carriers = {row.pk: row for row in cancelled}
    joined = Message.objects.select_for_update().filter(
        sent_with__in=carriers, state=State.JOINED, sent_at=None, balance__state=Balance.State.OPEN
    )
    heirs: dict[int, Message] = {}
    for row in joined.order_by("pk"):
        carrier = carriers[row.sent_with_id or 0]
        heir = heirs.setdefault(carrier.pk, row)
        if heir is row:
            _inherit(row, carrier)
        else:
            row.sent_with = heir
            row.save(update_fields=["sent_with"])


def _inherit(row: Message, carrier: Message) -> None:
    for name in ("state", "channel", "address", "body", "words", "due_at", "link_id", "attempts"):
        setattr(row, name, getattr(carrier, name))
    row.sent_with = None
    row.save()
