from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.ledger.models import Entry, RequestedWriteOff
from apps.patient_balances.models.balances import Balance, MoneyReview
from apps.practice.models import Payer
from apps.remittances.models import RemittanceException


class WriteOffRequest(RequestedWriteOff):
    """To give up what a patient owes, or what stands on a claim that is under review: one of the two."""

    balance = models.ForeignKey(Balance, null=True, on_delete=models.PROTECT, related_name="write_off_requests")
    review = models.ForeignKey(MoneyReview, null=True, on_delete=models.PROTECT, related_name="write_off_requests")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(balance=None, review__isnull=False) | Q(balance__isnull=False, review=None),
                name="request_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["balance"], condition=Q(state=RequestedWriteOff.State.OPEN), name="one_open_request_a_balance"
            ),
            models.UniqueConstraint(
                fields=["review"], condition=Q(state=RequestedWriteOff.State.OPEN), name="one_open_request_a_review"
            ),
        ]


class Refund(PublicIdModel):
    """How money was given back: a credit to its payer, or, `payer` empty, to the patient of a claim that was voided; or what of a
    payer's payment was set apart.
    """

    class Method(models.TextChoices):
        CHECK = "check", "Check"
        TRANSFER = "transfer", "Bank transfer (EFT)"
        PORTAL = "portal", "Payer portal or card"

    review = models.ForeignKey(MoneyReview, null=True, on_delete=models.PROTECT, related_name="refunds")
    parked = models.ForeignKey(
        RemittanceException,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What had set the money apart, where it was no credit of a claim",
    )
    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()
    method = models.CharField(max_length=10, choices=Method)
    number = models.CharField(max_length=60, help_text="Of the check or the transfer")
    paid_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-paid_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(review=None, parked__isnull=False) | Q(review__isnull=False, parked=None),
                name="refund_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.number}"
