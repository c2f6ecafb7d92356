from django.db import models
from django.db.models import F, Q

from apps.practice.models.payers import Payer
from apps.practice.models.places import Provider


class ProviderEnrollment(models.Model):
    """From when to when a payer knows a provider as one of this practice. Before and after nothing is billed, least of all under a
    colleague (DOMAIN 2.5). Of a payer or a provider of which none is kept nothing is judged.
    """

    class State(models.TextChoices):
        TO_DO = "to_do", "To do"
        APPLIED = "applied", "Applied"
        ACTIVE = "active", "Active"
        REFUSED = "refused", "Refused"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="enrollments")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="provider_enrollments")
    state = models.CharField(max_length=8, choices=State)
    starts_on = models.DateField(
        "from", null=True, blank=True, help_text="The first date of service that the payer takes"
    )
    ends_on = models.DateField("until", null=True, blank=True, help_text="Its last day; empty: still enrolled")
    source = models.CharField(max_length=200, blank=True, help_text="The payer's letter, or its portal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "payer", "starts_on"], name="provider_enrollment_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | ~Q(state="active"), name="provider_enrollment_active_since"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="provider_enrollment_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} at {self.payer}"
