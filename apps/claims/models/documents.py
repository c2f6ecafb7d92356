from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.claims.models.claims import Claim
from apps.connectors.models import Transmission
from apps.core.public_ids import PublicIdModel


class ClaimDocument(PublicIdModel):
    """A file that a person keeps with a claim. Its bytes stand in the journal, encrypted; one that was removed is served no more."""

    class Kind(models.TextChoices):
        EOB = "eob", "Explanation of benefits (EOB)"
        PAYER_LETTER = "payer_letter", "Letter from the payer"
        APPEAL = "appeal", "Appeal as it was sent"
        RECORDS = "records", "Medical records"
        AUTHORIZATION = "authorization", "Authorization or referral"
        STATEMENT = "statement", "Statement to the patient"
        OTHER = "other", "Something else"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    media_type = models.CharField(max_length=40, help_text="As its content tells")
    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["claim", "-kept_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removed_because="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_because="")),
                name="document_removed_by_somebody_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.public_id
