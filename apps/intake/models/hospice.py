from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.intake.models.patients import Patient


class HospiceElection(models.Model):
    """A patient's election of Medicare's hospice benefit, from its first day until it is revoked (42 CFR 418.24 and 418.28)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="hospice_elections")
    starts_on = models.DateField("elected from")
    ends_on = models.DateField("last day", null=True, blank=True, help_text="Empty: it is in force")
    source = models.CharField(
        max_length=120, help_text="Where it was learned: the hospice's letter, an eligibility answer"
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "starts_on"], name="hospice_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="hospice_ends_after"
            ),
        ]
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return f"from {self.starts_on}"
