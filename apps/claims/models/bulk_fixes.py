from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.claims.models.claims import Claim
from apps.claims.models.findings import Finding
from apps.core.models import JobRun
from apps.core.public_ids import PublicIdModel


class BulkFix(PublicIdModel):
    """Suggested fixes of many claims, asked for by a person in one go. Which ones was settled then; `run` is what people watch."""

    rule = models.CharField(max_length=40, blank=True, help_text="Empty: rows chosen by hand, of whatever rule")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    claim_count = models.PositiveIntegerField()
    retry_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries")
    run = models.OneToOneField(JobRun, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-requested_at"]),
            models.Index(fields=["requested_at"], condition=Q(finished_at=None), name="bulk_fix_unfinished"),
        ]

    def __str__(self) -> str:
        return self.public_id


class BulkFixItem(models.Model):
    """One finding of it, and what became of its claim."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        READY = "ready", "Fixed, ready to send"
        STOPPED = "stopped", "Fixed, still stopped"
        CHANGED = "changed", "Changed meanwhile, skipped"
        FAILED = "failed", "Failed"

    bulk = models.ForeignKey(BulkFix, on_delete=models.PROTECT, related_name="items", db_index=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=200, blank=True, help_text="A sentence that names no patient")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "finding"], name="bulk_fix_item_once")]
        indexes = [models.Index(fields=["bulk", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state}"
