from django.conf import settings
from django.db import models

from apps.claims.models.claims import Claim


class FieldChange(models.Model):
    """What a person, or a fix that a person applied, changed from a claim's page: the value before and after, as people type it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="field_changes", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.CharField(max_length=40, help_text="A name of rules.fields")
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["claim", "at"])]

    def __str__(self) -> str:
        return f"{self.field} of claim {self.claim_id}"
