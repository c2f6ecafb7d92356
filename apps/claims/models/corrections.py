from django.conf import settings
from django.db import models

from apps.claims.models.claims import Claim
from apps.core.public_ids import PublicIdModel
from apps.worklist.models import WorkItem


class Correction(PublicIdModel):
    """A claim was corrected after its answer: by which way and why so, and how the claim stood until then.

    A reopening is closed when the payer was asked; a correction that did not go out is closed when a person cancels it.
    """

    class Way(models.TextChoices):
        REPLACEMENT = "replacement", "Replacement (7)"
        VOID = "void", "Void (8)"
        NEW_CLAIM = "new_claim", "New claim (1)"
        REOPENING = "reopening", "Reopening"

    class Channel(models.TextChoices):
        PHONE = "phone", "Phone"
        PORTAL = "portal", "Portal"
        FORM = "form", "Form"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="corrections")
    way = models.CharField(max_length=12, choices=Way)
    why = models.CharField(max_length=240, help_text="Why this way: the payer's data and answer")
    note = models.CharField(max_length=200, blank=True, help_text="What was wrong, in the person's words")
    before = models.JSONField(help_text="The version until then, see rules/versions.py")
    after = models.JSONField(
        null=True, help_text="The version as it was when this was cancelled; empty: never cancelled"
    )
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status_before = models.CharField(
        max_length=16, help_text="Where the claim stood, and stands again if this is cancelled"
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the payer was asked (reopening), or it was cancelled"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=6, choices=Channel, blank=True)
    reference = models.CharField(max_length=60, blank=True, help_text="The payer's reference number of a reopening")
    cancel_reason = models.CharField(max_length=200, blank=True, help_text="Why it was cancelled; empty: it was not")

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(way="reopening", closed_at=None), name="one_open_reopening"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.way}"
