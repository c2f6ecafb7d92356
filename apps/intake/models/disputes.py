import json
from hashlib import sha256

from django.conf import settings
from django.db import models

from apps.intake.models.patients import Patient


class CoverageDispute(models.Model):
    """The plans that the EHR tells where a person of the practice has entered another: shown, and what was decided about them.

    One row a patient. `told` is what the EHR tells now, `stood_against` every telling that a person has decided against: the same told
    again asks nobody again. Once the EHR tells what was entered, both are over: what stood until then is kept in `history`.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="coverage_dispute")
    told = models.JSONField(
        default=list,
        null=True,
        help_text="[{payer, member_id, group_number, rank, ...}]; empty: no plan; null: it was not kept",
    )
    told_all = models.BooleanField(default=True, help_text="Told are all plans that the EHR has, not a visit's alone")
    told_at = models.DateTimeField()
    stood_against = models.JSONField(
        default=list, help_text="A list of tellings, {plans, all}; earlier ones are the plans alone, and all"
    )
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True, help_text="When the EHR told what was entered; empty: it does not")
    history = models.JSONField(
        default=list, help_text="[{stood_against, reason, settled_at, settled_by, agreed_at}], the oldest first"
    )
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    @property
    def telling(self) -> str:
        """A mark of what is told now: who decides sends along the one of what they read."""
        return sha256(json.dumps(self.told, sort_keys=True).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.told_at}"
