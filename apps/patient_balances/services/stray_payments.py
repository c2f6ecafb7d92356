"""Money at the processor that no started payment accounts for: in the books at once, and a person's to place."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.core.models import User
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.settle import settle
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

Kind = StrayPayment.Kind
TITLES = {
    Kind.UNMATCHED: "Find out whose card payment this is",
    Kind.DIFFERS: "A card payment differs from what was asked for: check it",
    Kind.REFUND: "A card payment was refunded at the processor: check the balance",
}


class NotStrayError(Exception):
    """This payment has been placed already."""


def keep_stray(event: PaymentEvent, kind: Kind, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was kept before. Unmatched money is a deposit that waits as unapplied cash."""
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    entry_id = _to_unapplied(event, transmission, now) if kind is Kind.UNMATCHED else None
    if kind is Kind.UNMATCHED and entry_id is None:
        return False
    stray = StrayPayment.objects.create(
        kind=kind,
        event_id=event.event_id,
        processor_id=event.processor_id,
        reference=event.reference,
        amount=event.amount,
        at=event.at,
        transmission=transmission,
        entry_id=entry_id,
    )
    stray.work_item = open_item(
        kind=f"payment_{kind.value}",
        title=TITLES[kind],
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="balances:stray",
        subject_public_id=stray.public_id,
        now=now,
        due_on=practice_date(now) + timedelta(days=2),
        amount_at_stake=event.amount,
    )
    stray.save(update_fields=["work_item"])
    return True


def _to_unapplied(event: PaymentEvent, transmission: Transmission | None, now: datetime) -> int | None:
    key = f"card:{event.processor_id}"
    legs = (NewLeg(Account.DEPOSITS, event.amount), NewLeg(Account.UNAPPLIED_CASH, -event.amount))
    entry = NewEntry(Entry.Kind.DEPOSIT, key, practice_date(event.at), legs, transmission.pk if transmission else None)
    return post_entries([entry], now=now).posted.get(key)


@transaction.atomic
def apply_stray_payment(*, stray_id: str, balance_id: str, acting_user: User, now: datetime) -> None:
    """Unmatched money goes to the balance that a person names; what is more than is owed becomes its credit. Raises NotStrayError."""
    stray = StrayPayment.objects.select_for_update(of=("self",)).get(public_id=stray_id)
    if stray.settled_at or stray.kind != Kind.UNMATCHED:
        raise NotStrayError("This payment has been placed already.")
    balance = locked_balances([Balance.objects.get(public_id=balance_id).pk])[0]
    amount = Decimal(stray.amount)
    legs = [NewLeg(Account.UNAPPLIED_CASH, amount)]
    legs += [
        NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge)
        for charge, part in spread(amount, owed_by_charge([balance.pk])[balance.pk]).items()
    ]
    key = f"stray:{stray.public_id}"
    entry = NewEntry(Entry.Kind.PATIENT_PAYMENT, key, practice_date(now), tuple(legs))
    PatientPayment.objects.create(
        balance=balance,
        amount=amount,
        state=PatientPayment.State.PAID,
        processor_id=stray.processor_id,
        started_at=stray.at,
        paid_at=stray.at,
        entry_id=post_entries([entry], now=now).entry_id(key),
    )
    settle([balance], {balance.pk: sum(owed_by_charge([balance.pk])[balance.pk].values(), Decimal(0))}, now=now)
    stray.applied_to = balance
    _close(stray, "Applied to a balance.", acting_user, now)


@transaction.atomic
def close_stray_payment(*, stray_id: str, acting_user: User, now: datetime) -> None:
    """A person has looked at a refund or a difference and put right what was to be. Raises NotStrayError for unmatched money."""
    stray = StrayPayment.objects.select_for_update(of=("self",)).get(public_id=stray_id)
    if stray.settled_at or stray.kind == Kind.UNMATCHED:
        raise NotStrayError("Money without an owner must be applied to a balance.")
    _close(stray, "Checked.", acting_user, now)


def _close(stray: StrayPayment, outcome: str, acting_user: User, now: datetime) -> None:
    stray.settled_at = now
    stray.save(update_fields=["settled_at", "applied_to"])
    close_item(stray.work_item, acting_user=acting_user, now=now, outcome=outcome)
    record(
        "settle_stray_payment",
        acting_user=acting_user,
        now=now,
        subject_kind="stray_payment",
        subject_public_id=stray.public_id,
        patients=[stray.applied_to.patient.public_id] if stray.applied_to else [],
    )
