from django.db import models

from apps.claims.models import Claim
from apps.core.money import MoneyField
from apps.ledger.models import Entry
from apps.remittances.models.files import RemittancePayment


class RemittedClaim(models.Model):
    """One CLP and its named outcome (DOMAIN 4)."""

    class Outcome(models.TextChoices):
        POSTED = "posted", "Posted"
        POSTED_WITH_DENIAL = "posted_with_denial", "Posted with denial"
        REVERSED = "reversed", "Reversed"
        DUPLICATE = "duplicate", "Duplicate"
        UNMATCHED = "unmatched", "Not matched"
        UNBALANCED = "unbalanced", "Does not balance"
        REFUSED = "refused", "Refused"
        INFORMATIONAL = "informational", "For information"
        PARKED = "parked", "Not ours"
        SPLIT = "split", "Split by hand"

    payment = models.ForeignKey(RemittancePayment, on_delete=models.PROTECT, related_name="claims", db_index=False)
    number = models.PositiveIntegerField(help_text="Which CLP of the payment, from 1")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="remitted")
    claim_control_number = models.CharField(max_length=38)
    payer_claim_number = models.CharField(max_length=50, blank=True)
    patient_name = models.CharField(max_length=100, blank=True)
    member_id = models.CharField(max_length=80, blank=True)
    status_code = models.CharField(max_length=2)
    charge = MoneyField()
    paid = MoneyField()
    patient_responsibility = MoneyField()
    service_date = models.DateField(null=True)
    content = models.CharField(
        max_length=64, blank=True, help_text="Names what it says; a reversal bears that of what it takes back"
    )
    outcome = models.CharField(max_length=20, choices=Outcome)
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it was not simply posted")
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    segment = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "number"], name="remitted_claim_once")]
        indexes = [
            models.Index(fields=["claim_control_number"]),
            models.Index(fields=["payer_claim_number"], name="remitted_payer_number"),
        ]

    def __str__(self) -> str:
        return self.claim_control_number

    @property
    def key(self) -> str:
        """Names this CLP for ever: its ledger entry, and with the SVC's number its adjudications, bear it."""
        return f"{self.payment.public_id}:{self.number}"
