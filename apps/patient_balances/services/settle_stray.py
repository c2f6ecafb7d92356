"""A person places money that no started payment accounts for."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.public_ids import new_public_id
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LONGEST_REFERENCE, Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.given_back import left_of
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.post_refund import post_waiting_refunds
from apps.patient_balances.services.settle import settle
from apps.worklist.queue import close_item

Kind = StrayPayment.Kind


class NotStrayError(Exception):
    """This payment has been placed already."""


@transaction.atomic
def apply_stray_payment(*, stray_id: str, balance_id: str, acting_user: User, now: datetime) -> None:
    """What was not given back of unmatched money goes to the balance that a person names; more than is owed becomes its credit.

    Raises NotStrayError.
    """
    stray = StrayPayment.objects.select_for_update(of=("self",)).get(public_id=stray_id)
    if stray.settled_at or stray.kind != Kind.UNMATCHED:
        raise NotStrayError("This payment has been placed already.")
    balance = locked_balances([Balance.objects.get(public_id=balance_id).pk])[0]
    amount = left_of(stray)
    legs = [NewLeg(Account.UNAPPLIED_CASH, amount)]
    legs += [
        NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge)
        for charge, part in spread(amount, owed_by_charge([balance.pk])[balance.pk]).items()
    ]
    key = f"stray:{stray.public_id}"
    entry = NewEntry(Entry.Kind.PATIENT_PAYMENT, key, practice_date(now), tuple(legs))
    PatientPayment.objects.create(
        balance=balance,
        reference=_reference(stray),
        amount=amount,
        state=PatientPayment.State.PAID,
        processor_id=stray.processor_id,
        payment_intent=stray.payment_intent,
        started_at=stray.at,
        paid_at=stray.at,
        entry_id=post_entries([entry], now=now).entry_id(key),
    )
    settle([balance], {balance.pk: sum(owed_by_charge([balance.pk])[balance.pk].values(), Decimal(0))}, now=now)
    stray.applied_to = balance
    _close(stray, "Applied to a balance.", acting_user, now)
    post_waiting_refunds(stray.reference, stray.payment_intent, now=now)


@transaction.atomic
def close_stray_payment(*, stray_id: str, acting_user: User, now: datetime) -> None:
    """A person has looked at a refund or a difference. A refund that waits for its payment is still posted when that comes.

    Raises NotStrayError for unmatched money.
    """
    stray = StrayPayment.objects.select_for_update(of=("self",)).get(public_id=stray_id)
    if stray.settled_at or stray.kind == Kind.UNMATCHED:
        raise NotStrayError("Money without an owner must be applied to a balance.")
    _close(stray, "Checked. Posted when its payment comes." if stray.waits else "Checked.", acting_user, now)


def _reference(stray: StrayPayment) -> str:
    """The processor's refunds name the payment by it; one that is not of our making is too long to be kept."""
    return stray.reference if 0 < len(stray.reference) <= LONGEST_REFERENCE else new_public_id()


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
