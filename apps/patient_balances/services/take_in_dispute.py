"""What a processor tells of one dispute, in whatever order and however often: what has become true stays so."""

from decimal import Decimal

from apps.connectors.ports.payments import PaymentEvent, ToldDispute
from apps.core.money import ZERO
from apps.patient_balances.models import CardDispute


def facts(row: CardDispute) -> tuple[object, ...]:
    """What an event may change."""
    moved = row.withdrawn_at, row.restored_at, row.restored_amount, row.unclear_at
    return row.state, row.amount, row.reason, row.evidence_due, *moved


def take_in(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """An older event says nothing anew of amount and day; what has become true stays so, and what is posted keeps its amount."""
    if event.at >= row.told_at:
        row.told_at = event.at
        row.payment_intent, row.reference = event.payment_intent, event.reference
        row.reason, row.evidence_due = told.reason[:60], told.evidence_due
    if row.state == CardDispute.State.OPEN:
        row.state = CardDispute.State(told.state)
    row.withdrawn_at = row.withdrawn_at or (event.at if told.withdrawn else None)
    _take_in_amount(row, event, told)
    if row.compared_at is None or event.at > row.compared_at:
        _take_in_moves(row, event, told)


def _take_in_moves(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    if told.restored:
        _take_in_return(row, event, told)
    elif told.withdrawn and row.is_restored and told.given_again is not None and told.given_again < row.restored_amount:
        _take_in_unclear(row, event)  # what is in the books as given again has been taken once more


def _take_in_amount(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """What is given again says nothing of what was taken."""
    newest = event.at >= row.told_at and not told.restored
    if not row.entry_id and (not row.pk or told.withdrawn or newest):
        row.amount, row.currency = event.amount, event.currency


def _take_in_return(row: CardDispute, event: PaymentEvent, told: ToldDispute) -> None:
    """All that was given again so far: it may be less than what was taken, and is never more.

    Where the event does not tell how much, it is the whole, unless a part is in the books already, or a person has said that the bank
    keeps some of it or all: then nobody here knows.
    """
    was_compared = row.compared_at is not None and row.kept_back > ZERO
    if told.given_again is None and (row.is_kept_in_part or was_compared):
        _take_in_unclear(row, event)
        return
    given = event.amount if told.given_again is None else told.given_again
    given = min(given, Decimal(row.amount)) if row.entry_id else given
    if row.restored_at is None or given >= row.restored_amount:
        # As much as before, told later, settles what was unclear in between: it was taken once more and given again.
        row.restored_at, row.restored_amount = max(filter(None, (row.restored_at, event.at))), given


def _take_in_unclear(row: CardDispute, event: PaymentEvent) -> None:
    if event.at > max(filter(None, (row.restored_at, row.unclear_at))):
        row.unclear_at = event.at
