"""Balances are sums of legs. Nothing is cached here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg

RECEIVABLES = (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE)


@dataclass(frozen=True, slots=True)
class Receivable:
    """What is still owed to the practice, dollars; negative is a credit."""

    insurance: Decimal = ZERO
    patient: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.insurance + self.patient


@dataclass(frozen=True, slots=True)
class ChargePosition:
    """A charge line's receivable, and what was charged before anything else moved it."""

    receivable: Receivable = Receivable()
    charged: Decimal = ZERO


def receivable_by_charge(charge_ids: Iterable[int]) -> dict[int, Receivable]:
    """Charges without any leg are left out."""
    return {charge: position.receivable for charge, position in charge_positions(charge_ids).items()}


def charge_positions(charge_ids: Iterable[int]) -> dict[int, ChargePosition]:
    rows = (
        Leg.objects.filter(charge__any_of=list(charge_ids), account__in=RECEIVABLES)
        .values("charge_id")
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=ZERO),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=ZERO),
            charged=Sum("amount", filter=Q(entry__kind=Entry.Kind.CHARGE), default=ZERO),
        )
    )
    return {
        row["charge_id"]: ChargePosition(Receivable(row["insurance"], row["patient"]), row["charged"]) for row in rows
    }


def claim_receivable(charge_ids: Iterable[int]) -> Receivable:
    """What a claim's charges still owe together."""
    parts = receivable_by_charge(charge_ids).values()
    return Receivable(sum((part.insurance for part in parts), ZERO), sum((part.patient for part in parts), ZERO))


def patient_receivable(patient_id: int) -> Receivable:
    return receivable_by_patient([patient_id]).get(patient_id, Receivable())


def receivable_by_patient(patient_ids: Iterable[int]) -> dict[int, Receivable]:
    """Patients without any leg are left out."""
    rows = (
        Leg.objects.filter(patient_id__in=list(patient_ids), account__in=RECEIVABLES)
        .values("patient_id")
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=ZERO),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=ZERO),
        )
    )
    return {row["patient_id"]: Receivable(row["insurance"], row["patient"]) for row in rows}
