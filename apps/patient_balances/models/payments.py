from django.db import models

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.ledger.models import Entry
from apps.patient_balances.models.balances import Balance


class PatientPayment(PublicIdModel):
    """A card payment: started when the patient presses pay, paid when the processor says so. The public id is its reference there."""

    class State(models.TextChoices):
        STARTED = "started"
        PAID = "paid"
        FAILED = "failed"

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="payments")
    amount = MoneyField()
    state = models.CharField(max_length=8, choices=State, default=State.STARTED)
    processor_id = models.CharField(max_length=100, blank=True, db_index=True)
    started_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.public_id
