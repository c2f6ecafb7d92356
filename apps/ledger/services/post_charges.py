from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core.clock import practice_date
from apps.ledger.models import Account, Entry
from apps.ledger.services.post_entries import NewEntry, NewLeg, PostResult, post_entries


@dataclass(frozen=True, slots=True)
class ChargePosting:
    """One charge line in dollars. `payer_id` is empty for self-pay: the patient owes it from the start."""

    charge_id: int
    patient_id: int
    amount: Decimal
    payer_id: int | None = None
    transmission_id: int | None = None


def charge_key(charge_id: int) -> str:
    return f"charge:{charge_id}"


def post_charges(charges: Sequence[ChargePosting], *, now: datetime) -> PostResult:
    """Charges become receivables: the payer's, or for self-pay the patient's. A charge of 0.00 is left out."""
    return post_entries([charge_entry(charge, now) for charge in charges if charge.amount], now=now)


def charge_entry(charge: ChargePosting, now: datetime) -> NewEntry:
    """As it is posted the first time."""
    receivable = Account.PATIENT_RECEIVABLE if charge.payer_id is None else Account.INSURANCE_RECEIVABLE
    legs = tuple(
        NewLeg(account, amount, charge.patient_id, charge.charge_id, charge.payer_id)
        for account, amount in ((receivable, charge.amount), (Account.REVENUE, -charge.amount))
    )
    return NewEntry(Entry.Kind.CHARGE, charge_key(charge.charge_id), practice_date(now), legs, charge.transmission_id)
