from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from apps.claims.models import AdjudicationAdjustment
from apps.connectors.models import Transmission
from apps.core.models import JobRun
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.ledger.models import Entry
from apps.practice.models import Payer


class AdjustmentClass(PublicIdModel):
    """Where the practice or a payer departs from the default class of an adjustment code (`rules.classes`).

    The most specific row wins, and any row before the defaults. A row is never changed: it ends, and another stands from then on.
    """

    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=2, blank=True, help_text="Empty: any group")
    carc = models.CharField(max_length=5)
    rarc = models.CharField(max_length=10, blank=True, help_text="Empty: with any remark code")
    adjustment_class = models.CharField(max_length=14, choices=AdjudicationAdjustment.Class)
    source = models.CharField(max_length=200, blank=True, help_text="Where the rule is written")
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "group", "carc", "rarc"],
                condition=Q(ended_at=None),
                name="adjustment_class_once",
                nulls_distinct=False,
            )
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
    is_test = models.BooleanField(default=False, help_text="Some payment of it is marked as a test (ISA15 is T)")
    takes_tests = models.BooleanField(default=False, help_text="Who brought it wants its tests posted like the rest")
    run = models.OneToOneField(
        JobRun, null=True, on_delete=models.PROTECT, related_name="+", help_text="Where a person brought it"
    )

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
    continues = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="continuations",
        help_text="The first part of this payment",
    )
    deposit_entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.PositiveIntegerField(help_text="The BPR segment")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="payment_once"),
            # Receiving waits for its turn by the payment's identity; this refuses a copy that came by any other way.
            models.UniqueConstraint(
                fields=["payer_identifier", "trace_number", "amount", "paid_on", "content_checksum"],
                condition=Q(duplicate_of=None),
                name="payment_posted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["trace_number", "amount"]),
            models.Index(OpClass(Upper("trace_number"), name="text_pattern_ops"), name="trace_number_starts"),
        ]

    def __str__(self) -> str:
        return self.trace_number


class ProviderAdjustment(models.Model):
    """One pair of a PLB: money of the payment that belongs to no claim of it. Positive reduces the payment, dollars."""

    payment = models.ForeignKey(RemittancePayment, on_delete=models.PROTECT, related_name="provider_adjustments")
    number = models.PositiveIntegerField(help_text="Which pair of the payment, from 1")
    reason = models.CharField(max_length=5, help_text="PLB03-1")
    reference = models.CharField(max_length=80, blank=True, help_text="PLB03-2")
    amount = MoneyField()
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "number"], name="provider_adjustment_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.amount}"

    @property
    def effect(self) -> Decimal:
        """What it does to the payment: a positive PLB takes away."""
        return -self.amount
