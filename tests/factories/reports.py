"""Books of a practice small enough to add up by hand."""

from datetime import date, datetime
from decimal import Decimal

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.ledger.models import Account, Entry
from apps.ledger.services import ChargePosting, NewEntry, NewLeg, post_charges, post_entries
from tests.factories.claims import ClaimFactory
from tests.factories.intake import EncounterFactory


def booked_claim(
    served_on: date,
    *,
    amount: str,
    now: datetime,
    paid: str = "0",
    contractual: str = "0",
    patient: str = "0",
    patient_paid: str = "0",
    written_off: str = "0",
    **facts: object,
) -> Claim:
    """One claim with one charge, its remittance, its patient's payment and its write-off in the ledger."""
    visit = EncounterFactory(service_date=served_on, charges__amount=Decimal(amount), arrived_at=now)
    claim: Claim = ClaimFactory(**{"encounter": visit, "status": ClaimStatus.PAID} | facts)
    charge = visit.charges.get()
    whom = {"patient_id": claim.patient_id, "charge_id": charge.pk, "payer_id": claim.payer_id}
    post_charges([ChargePosting(charge.pk, claim.patient_id, Decimal(amount), claim.payer_id)], now=now)

    def post(kind: Entry.Kind, key: str, *legs: NewLeg) -> None:
        post_entries([NewEntry(kind, f"{key}:{charge.pk}", now.date(), legs)], now=now)

    receipt, allowance, share = Decimal(paid), Decimal(contractual), Decimal(patient)
    post(
        Entry.Kind.REMITTANCE,
        "remit",
        NewLeg(Account.PAYER_CLEARING, receipt, payer_id=claim.payer_id),
        NewLeg(Account.CONTRACTUAL, allowance, **whom),
        NewLeg(Account.PATIENT_RECEIVABLE, share, **whom),
        NewLeg(Account.INSURANCE_RECEIVABLE, -(receipt + allowance + share), **whom),
    ) if receipt or allowance or share else None
    if Decimal(patient_paid):
        post(
            Entry.Kind.PATIENT_PAYMENT,
            "card",
            NewLeg(Account.DEPOSITS, Decimal(patient_paid), claim.patient_id),
            NewLeg(Account.PATIENT_RECEIVABLE, -Decimal(patient_paid), claim.patient_id, charge.pk),
        )
    if Decimal(written_off):
        post(
            Entry.Kind.ADJUSTMENT,
            "off",
            NewLeg(Account.WRITE_OFF, Decimal(written_off), **whom),
            NewLeg(Account.INSURANCE_RECEIVABLE, -Decimal(written_off), **whom),
        )
    return claim
