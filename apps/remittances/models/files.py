from django.db import models

from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.practice.models import Payer


class AdjustmentClass(models.Model):
    """How one adjustment code is posted (DOMAIN 4, CAS). The most specific row wins; an unknown code is a denial."""

    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=2, blank=True, help_text="Empty: any group")
    carc = models.CharField(max_length=5)
    adjustment_class = models.CharField(max_length=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "group", "carc"], name="adjustment_class_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.group or 'any'}-{self.carc}: {self.adjustment_class}"


class RemittanceFile(PublicIdModel):
    class State(models.TextChoices):
        STORED = "stored"
        POSTED = "posted"
        REFUSED = "refused"

    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="remittance_file")
    state = models.CharField(max_length=10, choices=State, default=State.STORED)
    received_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.public_id


class RemittancePayment(PublicIdModel):
    """One payment: an ST with its BPR and TRN. posted + parked + exceptions = amount, always."""

    file = models.ForeignKey(RemittanceFile, on_delete=models.PROTECT, related_name="payments")
    number = models.PositiveIntegerField(help_text="Which ST of the file, from 1")
    payer = models.ForeignKey(Payer, null=True, on_delete=models.PROTECT, related_name="+")
    payer_name = models.CharField(max_length=60)
    payer_identifier = models.CharField(max_length=80)
    trace_number = models.CharField(max_length=50)
    method = models.CharField(max_length=3)
    paid_on = models.DateField()
    amount = MoneyField()
    content_checksum = models.CharField(max_length=64)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    segment = models.PositiveIntegerField(help_text="The BPR segment")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="payment_once")]
        indexes = [models.Index(fields=["trace_number", "amount"])]

    def __str__(self) -> str:
        return self.trace_number


class Deposit(models.Model):
    """What the bank says arrived, matched to a payment by its trace number."""

    trace_number = models.CharField(max_length=50)
    amount = MoneyField()
    received_on = models.DateField()
    payment = models.OneToOneField(RemittancePayment, null=True, on_delete=models.PROTECT, related_name="deposit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace_number", "amount", "received_on"], name="deposit_once")]

    def __str__(self) -> str:
        return self.trace_number
