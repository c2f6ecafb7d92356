"""Money at the processor that no started payment accounts for: in the books at once, and a person's to place."""

from datetime import datetime, timedelta
from decimal import Decimal

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import StrayPayment
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item

Kind = StrayPayment.Kind
TITLES = {
    Kind.UNMATCHED: "Find out whose card payment this is",
    Kind.DIFFERS: "A card payment differs from what was asked for: check it",
    Kind.REFUND: "A card payment was refunded at the processor: check the balance",
    Kind.CURRENCY: "Card money moved in {currency}, not in dollars: check it at the processor",
}


def keep_stray(event: PaymentEvent, kind: Kind, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was kept before. Unmatched money is a deposit that waits as unapplied cash."""
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    entry_id = _to_unapplied(event, transmission, now) if kind is Kind.UNMATCHED else None
    if kind is Kind.UNMATCHED and entry_id is None:
        return False
    stray = stray_of(event, kind, transmission)
    stray.entry_id = entry_id
    stray.save()
    open_task(stray, None if kind is Kind.CURRENCY else event.amount, now)
    return True


def open_task(stray: StrayPayment, amount: Decimal | None, now: datetime) -> None:
    """A person finds out about it; `amount` is what is at stake, in dollars."""
    kind = Kind(stray.kind)
    stray.work_item = open_item(
        kind=f"payment_{kind.value}",
        title=TITLES[kind].format(currency=stray.currency.upper()),
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="balances:stray",
        subject_public_id=stray.public_id,
        now=now,
        due_on=practice_date(now) + timedelta(days=2),
        amount_at_stake=amount,
    )
    stray.save(update_fields=["work_item", "settled_at"])


def stray_of(event: PaymentEvent, kind: Kind, transmission: Transmission | None) -> StrayPayment:
    """Its row, not yet saved."""
    return StrayPayment(
        kind=kind,
        event_id=event.event_id,
        processor_id=event.processor_id,
        payment_intent=event.payment_intent,
        reference=event.reference,
        amount=event.amount,
        currency=event.currency,
        at=event.at,
        transmission=transmission,
    )


def _to_unapplied(event: PaymentEvent, transmission: Transmission | None, now: datetime) -> int | None:
    key = f"card:{event.processor_id}"
    legs = (NewLeg(Account.DEPOSITS, event.amount), NewLeg(Account.UNAPPLIED_CASH, -event.amount))
    entry = NewEntry(Entry.Kind.DEPOSIT, key, practice_date(now), legs, transmission.pk if transmission else None)
    return post_entries([entry], now=now).posted.get(key)
