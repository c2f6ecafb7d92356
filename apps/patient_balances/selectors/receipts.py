"""Payments as a patient sees them: one receipt, however many balances it went to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import QuerySet

from apps.core.money import ZERO
from apps.patient_balances.models import PatientPayment

State = PatientPayment.State
FEW = 12


@dataclass(frozen=True, slots=True)
class Part:
    service_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    reference: str
    started_at: datetime
    paid_at: datetime | None
    parts: Sequence[Part]

    @property
    def is_paid(self) -> bool:
        return self.paid_at is not None

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)


def receipt(reference: str, *, patient_id: int) -> Receipt | None:
    """Of this patient only."""
    found = _grouped(PatientPayment.objects.filter(reference=reference, balance__patient=patient_id))
    return found[0] if found else None


def latest_payment(patient_id: int) -> Receipt | None:
    """The payment that was started last, paid or not."""
    newest = PatientPayment.objects.filter(balance__patient=patient_id).order_by("-started_at", "-pk").first()
    return receipt(newest.reference, patient_id=patient_id) if newest else None


def receipts_of(patient_id: int) -> list[Receipt]:
    """Paid ones, the newest first."""
    return _grouped(PatientPayment.objects.filter(balance__patient=patient_id, state=State.PAID))[:FEW]


def _grouped(payments: "QuerySet[PatientPayment]") -> list[Receipt]:
    rows = payments.exclude(state=State.FAILED).select_related("balance__encounter")
    ordered = rows.order_by("-started_at", "reference", "balance__encounter__service_date")
    return [_receipt(reference, list(group)) for reference, group in groupby(ordered, lambda row: row.reference)]


def _receipt(reference: str, rows: Sequence[PatientPayment]) -> Receipt:
    parts = [Part(row.balance.encounter.service_date, Decimal(row.amount)) for row in rows]
    return Receipt(reference, rows[0].started_at, rows[0].paid_at, parts)
