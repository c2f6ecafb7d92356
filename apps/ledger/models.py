from django.db import models

from apps.connectors.models import Transmission
from apps.core.models import User
from apps.core.money import MoneyField
from apps.intake.models import Charge, Patient
from apps.practice.models import Payer


class Account(models.TextChoices):
    """Debit is positive. A receivable's balance is what is still owed to the practice."""

    INSURANCE_RECEIVABLE = "insurance_receivable"
    PATIENT_RECEIVABLE = "patient_receivable"
    REVENUE = "revenue"
    CONTRACTUAL = "contractual"
    OTHER_ADJUSTMENT = "other_adjustment"
    WRITE_OFF = "write_off"
    PAYER_CLEARING = "payer_clearing"
    UNAPPLIED_CASH = "unapplied_cash"
    REFUNDS = "refunds"
    DEPOSITS = "deposits"


class Entry(models.Model):
    """One balanced movement. Never edited: reversed and posted again (ARCHITECTURE law 6)."""

    class Kind(models.TextChoices):
        CHARGE = "charge"
        DEPOSIT = "deposit"
        REMITTANCE = "remittance"
        PROVIDER_ADJUSTMENT = "provider_adjustment"
        PATIENT_PAYMENT = "patient_payment"
        ADJUSTMENT = "adjustment"
        REVERSAL = "reversal"

    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120, unique=True, help_text="Names the cause, so that it cannot be posted twice")
    posted_on = models.DateField()
    created_at = models.DateTimeField()
    transmission = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.PositiveIntegerField(null=True, help_text="The segment of the transmission that says so")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        indexes = [models.Index(fields=["posted_on"])]

    def __str__(self) -> str:
        return self.key


class Leg(models.Model):
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="legs")
    account = models.CharField(max_length=24, choices=Account)
    amount = MoneyField()
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="legs")
    payer = models.ForeignKey(Payer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["account", "payer"])]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class ClosedMonth(models.Model):
    """A month that takes no more entries: the database refuses them. It is never opened again; corrections go to the open month."""

    month = models.DateField(unique=True, help_text="Its first day")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
