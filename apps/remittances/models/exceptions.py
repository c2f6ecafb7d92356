from django.conf import settings
from django.db import models

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.ledger.models import Entry
from apps.remittances.models.files import RemittanceFile, RemittancePayment
from apps.remittances.models.remitted_claims import RemittedClaim
from apps.worklist.models import WorkItem


class RemittanceException(PublicIdModel):
    """Something of a remittance that a person must settle. Its money stays in payer clearing until then."""

    class Kind(models.TextChoices):
        REFUSED_FILE = "refused_file", "File refused"
        TEST_FILE = "test_file", "Test file, not posted"
        PAYMENT_DAY = "payment_day", "Payment on an impossible day"
        NOT_WHOLE = "not_whole", "File may not be whole"
        UNREADABLE = "unreadable", "Claim cannot be read"
        UNMATCHED = "unmatched", "No claim found"
        LINES = "lines", "Service lines do not match"
        UNBALANCED = "unbalanced", "Does not balance"
        STATUS = "status", "Claim status without a meaning"
        UNKNOWN_PAYER = "unknown_payer", "Payer not known"
        REVERSAL = "reversal", "Nothing to reverse"
        CLEARING = "clearing", "Payment leaves a rest"
        CONTINUATION = "continuation", "Same payment, other claims"
        CONTRACT_CHECK = "contract_check", "Amount to check"
        VERSION = "version", "Which version is answered"

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"

    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    file = models.ForeignKey(RemittanceFile, on_delete=models.PROTECT, related_name="exceptions")
    payment = models.ForeignKey(RemittancePayment, null=True, on_delete=models.PROTECT, related_name="exceptions")
    remitted_claim = models.OneToOneField(RemittedClaim, null=True, on_delete=models.PROTECT, related_name="exception")
    amount = MoneyField(default=0, help_text="What of the payment waits in clearing because of it, dollars")
    sentence = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    entry = models.OneToOneField(
        Entry, null=True, on_delete=models.PROTECT, related_name="+", help_text="What moved its money out of clearing"
    )
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "opened_at"])]

    def __str__(self) -> str:
        return self.sentence

    @property
    def is_posted_claim(self) -> bool:
        """The claim is posted; what remains is to look at it."""
        return self.kind in {self.Kind.CONTRACT_CHECK, self.Kind.VERSION}
