"""Entries as the rooms post them: through the ledger's own verbs."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.ledger.models import Account, Entry, Leg, WriteOffReason
from apps.ledger.services import ChargePosting, NewEntry, NewLeg, post_charges, post_entries


def entry(
    key: str, *legs: tuple[Account, str], kind: Entry.Kind = Entry.Kind.ADJUSTMENT, posted_on: date = date(2026, 9, 16)
) -> NewEntry:
    """`entry("a", (Account.DEPOSITS, "5.00"), (Account.PAYER_CLEARING, "-5.00"))`."""
    return NewEntry(kind, key, posted_on, tuple(NewLeg(account, Decimal(amount)) for account, amount in legs))


def account_totals() -> dict[Account, Decimal]:
    """Every account's balance, debit positive; 0.00 where nothing was posted."""
    totals = dict(Leg.objects.values_list("account").annotate(total=Sum("amount")))
    return {account: totals.get(account.value, ZERO) for account in Account}


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


def post_patient_money(charge: Charge, amount: str, *, now: datetime, key: str = "desk") -> None:
    """Money that came by another road than the card page, dollars; given back where negative."""
    account = Account.DEPOSITS if Decimal(amount) > 0 else Account.REFUNDS
    legs = (
        NewLeg(account, Decimal(amount)),
        NewLeg(Account.PATIENT_RECEIVABLE, -Decimal(amount), charge.encounter.patient_id, charge.pk),
    )
    post_entries([NewEntry(Entry.Kind.PATIENT_PAYMENT, key, now.date(), legs)], now=now)


def write_off_share(charge: Charge, amount: str, *, now: datetime) -> None:
    """So many dollars of what the patient owes of a charge, as people give them up."""
    legs = (
        NewLeg(Account.WRITE_OFF, Decimal(amount), charge.encounter.patient_id, charge.pk),
        NewLeg(Account.PATIENT_RECEIVABLE, -Decimal(amount), charge.encounter.patient_id, charge.pk),
    )
    given_up = NewEntry(Entry.Kind.ADJUSTMENT, "write_off", now.date(), legs, reason=WriteOffReason.CHARITY)
    post_entries([given_up], now=now)
