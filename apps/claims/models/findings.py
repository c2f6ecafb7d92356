from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from apps.claims.models.claims import Claim


class Finding(models.Model):
    """What the scrubber says of a claim. Those of an earlier scrub are superseded, not deleted; `settled_at` says when."""

    class Severity(models.TextChoices):
        BLOCK = "block"
        WARN = "warn"
        INFO = "info"

    class State(models.TextChoices):
        OPEN = "open"
        FIXED = "fixed"
        OVERRIDDEN = "overridden"
        SUPERSEDED = "superseded"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=40)
    severity = models.CharField(max_length=5, choices=Severity)
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    field = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300)
    fix = models.JSONField(null=True, blank=True, help_text="{field, line, value, clinical}: what one click would set")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    override_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["claim"]),
            models.Index(
                fields=["rule", "claim"], include=["severity"], condition=Q(state="open"), name="finding_open_by_rule"
            ),
            # Rows come in the order of their time, so that a few pages tell where a quarter begins; it costs a scrub next to nothing.
            BrinIndex(fields=["found_at"], autosummarize=True, name="finding_by_time"),
            models.Index(fields=["rule", "settled_at"], condition=Q(state="overridden"), name="finding_overridden"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.sentence}"
