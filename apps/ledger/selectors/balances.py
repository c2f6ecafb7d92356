"""Balances as sums of legs, for whoever has the charges in hand. What a whole page adds up is kept (`ChargeBalance`, `VisitBalance`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

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
    """A charge line's receivable, and what was charged before anything else moved it.

    `owed_by`: the insurance receivable by the payer in whose name it stands; its parts sum to `receivable.insurance`.
    `paid_by_patient`: what the patient paid of it, less what was given back.
    """

    receivable: Receivable = Receivable()
    charged: Decimal = ZERO
    owed_by: Mapping[int | None, Decimal] = field(default_factory=dict)
    paid_by_patient: Decimal = ZERO

    @property
    def patients_share(self) -> Decimal:
        """What is the patient's part of the charge, paid or not."""
        return self.receivable.patient + self.paid_by_patient


# What was charged, less what of it was taken back: a line that was taken off, or charged anew for fewer units.
IS_CHARGE = Q(entry__kind=Entry.Kind.CHARGE) | Q(entry__reverses__kind=Entry.Kind.CHARGE)
# Payments, card disputes and refunds; the credit of a voided claim is given back by the review of its money, which debits it.
IS_PATIENTS_MONEY = Q(account=Account.PATIENT_RECEIVABLE) & (
    Q(entry__kind=Entry.Kind.PATIENT_PAYMENT)
    | Q(entry__reverses__kind=Entry.Kind.PATIENT_PAYMENT)
    | Q(entry__kind=Entry.Kind.PROVIDER_ADJUSTMENT, amount__gt=0)
)


def receivable_by_charge(charge_ids: Iterable[int]) -> dict[int, Receivable]:
    """Charges without any leg are left out."""
    return {charge: position.receivable for charge, position in charge_positions(charge_ids).items()}


def charge_positions(charge_ids: Iterable[int]) -> dict[int, ChargePosition]:
    rows = (
        Leg.objects.filter(charge__any_of=list(charge_ids), account__in=RECEIVABLES)
        .values("charge_id", "payer_id")
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=ZERO),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=ZERO),
            charged=Sum("amount", filter=IS_CHARGE, default=ZERO),
            patients_money=Sum("amount", filter=IS_PATIENTS_MONEY, default=ZERO),
        )
        .order_by("charge_id")
    )
    return {charge_id: _position(list(of_charge)) for charge_id, of_charge in groupby(rows, _charge_of)}


def _charge_of(row: Mapping[str, Any]) -> int:
    return int(row["charge_id"])


def _position(rows: Sequence[Mapping[str, Any]]) -> ChargePosition:
    insurance, patient, charged, patients_money = (
        sum((row[name] for row in rows), ZERO) for name in ("insurance", "patient", "charged", "patients_money")
    )
    owed_by = {row["payer_id"]: row["insurance"] for row in rows if row["insurance"]}
    return ChargePosition(Receivable(insurance, patient), charged, owed_by, -patients_money)


def insurance_by_payer(charge_ids: Iterable[int]) -> dict[int | None, Decimal]:
    """What each payer still owes of these charges; negative is a credit. Payers with nothing open are left out."""
    owed: dict[int | None, Decimal] = {}
    for position in charge_positions(charge_ids).values():
        for payer, amount in position.owed_by.items():
            owed[payer] = owed.get(payer, ZERO) + amount
    return {payer: amount for payer, amount in owed.items() if amount}


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
