from django.db import models

from apps.claims.models import Claim
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Patient
from apps.worklist.models import WorkItem


class Balance(PublicIdModel):
    """What a patient owes for one claim once no payer is left. The amount owed now is the ledger's; `opened_amount` is history."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        SEQUENCE_DONE = "sequence_done"  # day 21 passed unpaid: for review
        STOPPED = "stopped"  # dispute, plan, other insurance: a person decides
        WITHDRAWN = "withdrawn"  # a reversal took it away

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="balances")
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="balance")
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    opened_amount = MoneyField()
    opened_at = models.DateTimeField()
    first_notice_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.CharField(max_length=60, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "opened_at"]), models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return self.public_id
