"""What a patient owes moves into the name of the next payer who is asked for it, and back (DOMAIN 1, secondary claims)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from apps.core.clock import practice_date
from apps.ledger.models import Account, Entry
from apps.ledger.selectors.transfers import transfers
from apps.ledger.services.post_entries import NewEntry, NewLeg
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
    found = transfers([encounter_id]).get(claim)
    if found is None or found.entry_id is None:
        return False
    key = Entry.objects.values_list("key", flat=True).get(pk=found.entry_id)
    reverse_entries(keys=[key], posted_on=practice_date(now), now=now)
    return True
