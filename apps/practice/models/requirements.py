from django.db import models
from django.db.models import F, Q

from apps.practice.models.payers import Payer


class RequiredNumber(models.TextChoices):
    """What a payer may want a number of (REF*G1, REF*9F)."""

    AUTHORIZATION = "authorization", "Authorization"
    REFERRAL = "referral", "Referral"


class AuthorizationRequirement(models.Model):
    """A payer wants an authorization or a referral for a procedure, from one day to another, as it is written somewhere."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="authorization_requirements")
    kind = models.CharField(max_length=13, choices=RequiredNumber, default=RequiredNumber.AUTHORIZATION)
    procedure = models.CharField(max_length=5)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Its last day; empty: until further notice")
    source = models.CharField(max_length=200, help_text="Where the payer writes it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "kind", "procedure", "starts_on"], name="authorization_requirement_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="authorization_requirement_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.procedure}: {self.get_kind_display()}"
