from django.conf import settings
from django.db import models

from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.remittances.models.exceptions import RemittanceException
from apps.remittances.models.files import RemittancePayment
from apps.remittances.models.remitted_claims import RemittedClaim


class HandRemittance(PublicIdModel):
    """An 835 that a person had written here: who, when, why. Its file is posted like any other."""

    class Purpose(models.TextChoices):
        EOB = "eob", "Paper EOB"
        SPLIT = "split", "Split by hand"
        APPLIED = "applied", "Money that was set apart, applied"
        REVERSAL = "reversal", "Reversal by hand"
        PAYMENT = "payment", "Payment undone"

    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="by_hand")
    purpose = models.CharField(max_length=10, choices=Purpose)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    source = models.ForeignKey(
        RemittanceException,
        null=True,
        on_delete=models.PROTECT,
        related_name="hand_remittances",
        help_text="The exception that is split, or whose money was set apart",
    )
    drawn = MoneyField(default=0, help_text="What of its money that was set apart goes to the claims, dollars")
    takes_back = models.OneToOneField(
        RemittedClaim,
        null=True,
        on_delete=models.PROTECT,
        related_name="reversed_by_hand",
        help_text="What a reversal by hand takes back: each once",
    )
    takes_back_payment = models.OneToOneField(
        RemittancePayment,
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by_hand",
        help_text="The payment that this one undoes as a whole",
    )

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"
