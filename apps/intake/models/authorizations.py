from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.core.public_ids import PublicIdModel
from apps.intake.models.patients import Patient
from apps.practice.models import Payer, RequiredNumber


class Authorization(PublicIdModel):
    """A payer's authorization of services, or a referral, for one patient. What of it is used is counted from claims."""

    source = models.CharField(max_length=40, blank=True, help_text="Empty: entered here")
    source_id = models.CharField(max_length=60, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="authorizations")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=RequiredNumber, default=RequiredNumber.AUTHORIZATION)
    number = models.CharField(max_length=50)
    procedures = ArrayField(models.CharField(max_length=5), default=list, blank=True, help_text="Empty: any")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="Its last day")
    units_allowed = models.DecimalField(
        max_digits=8, decimal_places=3, null=True, blank=True, help_text="Of a referral: visits. Empty: no limit told"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "payer", "kind", "number"], name="authorization_once"),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source_id=""), name="authorization_of_source_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="authorization_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
