"""Entries as the rooms post them: through the ledger's own verbs."""

from datetime import date, datetime
from decimal import Decimal

from apps.intake.models import Charge
from apps.ledger.models import Account, Entry
from apps.ledger.services import ChargePosting, NewEntry, NewLeg, post_charges


def entry(
    key: str, *legs: tuple[Account, str], kind: Entry.Kind = Entry.Kind.ADJUSTMENT, posted_on: date = date(2026, 9, 16)
) -> NewEntry:
    """`entry("a", (Account.DEPOSITS, "5.00"), (Account.PAYER_CLEARING, "-5.00"))`."""
    return NewEntry(kind, key, posted_on, tuple(NewLeg(account, Decimal(amount)) for account, amount in legs))


def post_as_billed(*charges: Charge, now: datetime) -> None:
    """The charges as `build_claims` posts them: the payer owes where the visit has a coverage, else the patient."""
    post_charges(
        [
            ChargePosting(
                charge.pk,
                charge.encounter.patient_id,
                Decimal(charge.amount),
                charge.encounter.coverage.payer_id if charge.encounter.coverage else None,
            )
            for charge in charges
        ],
        now=now,
    )
