from django.db import models

from apps.claims.models.claims import Claim
from apps.connectors.models import Transmission
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Coverage
from apps.practice.models import Payer


class StatusInquiry(PublicIdModel):
    """A payer is asked by 276 what became of a claim, at most once a day. Its public id travels as the trace number (TRN02)."""

    class Outcome(models.TextChoices):
        WAITING = "", "No answer yet"
        NOT_SENT = "not_sent", "Not sent"
        RETURNED = "returned", "Returned with its file"
        NOT_FOUND = "not_found", "Not found"
        WITH_THEM = "with_them", "The payer has it"
        REJECTED = "rejected", "Rejected"
        DECIDED = "decided", "Decided"
        MORE_WANTED = "more_wanted", "More is wanted"
        NOT_ANSWERED = "not_answered", "Could not be answered"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="inquiries", db_index=False)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="+", db_index=False)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="inquiries")
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING, blank=True)
    sentence = models.CharField(max_length=300, blank=True, help_text="The payer's answer in our words")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    segment = models.PositiveIntegerField(null=True, blank=True)
    made_on = models.DateField(null=True, blank=True, help_text="The day that the payer's answer bears (BHT04)")
    made_at = models.TimeField(null=True, blank=True, help_text="Its time, by the payer's clock (BHT05)")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "asked_on"], name="claim_asked_once_a_day")]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.asked_on}"
