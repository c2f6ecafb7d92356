from django.db import models

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.remittances.models.files import RemittanceFile, RemittancePayment
from apps.remittances.models.remitted_claims import RemittedClaim
from apps.worklist.models import WorkItem


class RemittanceException(PublicIdModel):
    """Something of a remittance that a person must settle. Its money stays in payer clearing until then."""

    class Kind(models.TextChoices):
        REFUSED_FILE = "refused_file", "File refused"
        UNMATCHED = "unmatched", "No claim found"
        UNBALANCED = "unbalanced", "Does not balance"
        CLEARING = "clearing", "Payment leaves a rest in clearing"
        CONTINUATION = "continuation", "Same payment, other claims"
        UNKNOWN_PAYER = "unknown_payer", "Payer not known"

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"

    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    file = models.ForeignKey(RemittanceFile, on_delete=models.PROTECT, related_name="exceptions")
    payment = models.ForeignKey(RemittancePayment, null=True, on_delete=models.PROTECT, related_name="exceptions")
    remitted_claim = models.OneToOneField(RemittedClaim, null=True, on_delete=models.PROTECT, related_name="exception")
    amount = MoneyField(default=0)
    sentence = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "opened_at"])]

    def __str__(self) -> str:
        return self.sentence
