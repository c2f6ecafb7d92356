"""What a patient owes moves into the name of the next payer who is asked for it, and back (DOMAIN 1, secondary claims)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from apps.core.clock import practice_date
from apps.ledger.models import Account, Entry
from apps.ledger.selectors.transfers import transfer_key, transfers
from apps.ledger.services.post_entries import NewEntry, NewLeg, post_entries
from apps.ledger.services.reverse_entries import reverse_entries


def transfer_entry(
    key: str, amounts: Mapping[int, Decimal], *, patient_id: int, payer_id: int, posted_on: date
) -> NewEntry:
    """`amounts` by charge leave the patient's receivable for the insurance's, in the payer's name."""
    legs = tuple(
        NewLeg(account, amount, patient_id, charge, payer_id)
        for charge, moved in amounts.items()
        for account, amount in ((Account.INSURANCE_RECEIVABLE, moved), (Account.PATIENT_RECEIVABLE, -moved))
    )
    return NewEntry(Entry.Kind.TRANSFER, key, posted_on, legs)


def take_back_transfer(*, claim: str, encounter_id: int, now: datetime) -> bool:
    """The next payer's claim (public id) is given up: the patient owes again. Whether anything stood; a second time changes nothing.

    The caller holds the locks of all claims of the visit.
    """
    return bool(_taken_back(claim, encounter_id, now))


def transfer_again(*, claim: str, cause: str, encounter_id: int, patient_id: int, payer_id: int, now: datetime) -> bool:
    """The next payer's claim (public id) goes to another payer: what stands in the one's name stands in the other's. Whether anything did.

    `cause` tells this change from every other of the claim. The caller holds the locks of all claims of the visit.
    """
    moved = _taken_back(claim, encounter_id, now)
    if not moved:
        return False
    key = f"{transfer_key(claim)}:{cause}"
    entry = transfer_entry(key, moved, patient_id=patient_id, payer_id=payer_id, posted_on=practice_date(now))
    post_entries([entry], now=now)
    return True


def _taken_back(claim: str, encounter_id: int, now: datetime) -> dict[int, Decimal]:
    """Dollars by charge that stood in the next payer's name until now."""
    found = transfers([encounter_id]).get(claim)
    if found is None or found.entry_id is None:
        return {}
    key = Entry.objects.values_list("key", flat=True).get(pk=found.entry_id)
    reverse_entries(keys=[key], posted_on=practice_date(now), now=now)
    return found.moved
