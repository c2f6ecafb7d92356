from django.contrib.postgres.fields import ArrayField
from django.db import models


class VisitFacts(models.Model):
    """What a visit's claim says beside diagnoses and charges; all may be empty. Of a claim it is the claim's own, as people correct it.

    `connectors.ports.ehr.EhrVisitFacts` has the same names.
    """

    accident_causes = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="CLM11: AA auto, EM employment, OA other"
    )
    accident_date = models.DateField(null=True, blank=True, help_text="DTP*439")
    accident_state = models.CharField(max_length=2, blank=True, help_text="Of an auto accident (CLM11-4)")
    prior_authorization = models.CharField(max_length=50, blank=True, help_text="REF*G1")
    referral_number = models.CharField(max_length=50, blank=True, help_text="REF*9F")
    referring_first_name = models.CharField(max_length=35, blank=True)
    referring_last_name = models.CharField(max_length=60, blank=True)
    referring_npi = models.CharField(max_length=10, blank=True)
    supervising_first_name = models.CharField(max_length=35, blank=True)
    supervising_last_name = models.CharField(max_length=60, blank=True)
    supervising_npi = models.CharField(max_length=10, blank=True)
    ordering_first_name = models.CharField(max_length=35, blank=True)
    ordering_last_name = models.CharField(max_length=60, blank=True)
    ordering_npi = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True


ROLES = ("referring", "supervising", "ordering")
OTHER_PROVIDERS = tuple(f"{role}_{part}" for role in ROLES for part in ("first_name", "last_name", "npi"))
ACCIDENT = ("accident_causes", "accident_date", "accident_state")
# What every payer of the visit is told; an authorization or referral number is one payer's.
OF_EVERY_PAYER = (*ACCIDENT, *OTHER_PROVIDERS)
VISIT_FACTS = (*OF_EVERY_PAYER, "prior_authorization", "referral_number")


def facts_of(row: VisitFacts, names: tuple[str, ...] = VISIT_FACTS) -> dict[str, object]:
    """By name, for another row's making."""
    return {name: getattr(row, name) for name in names}
