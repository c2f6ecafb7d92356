from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.public_ids import PublicIdModel
from apps.intake.models.charges import Encounter
from apps.intake.models.patients import Coverage, Patient
from apps.intake.models.visit_facts import VisitFacts
from apps.practice.models import Provider
from apps.worklist.models import WorkItem


class VisitConflict(PublicIdModel, VisitFacts):
    """A visit that was billed, or entered by hand, as the EHR tells it otherwise: theirs, beside ours, until a person has decided.

    Nothing of it is billed while it is open.
    """

    class State(models.TextChoices):
        OPEN = "open", "To decide"
        KEPT = "kept", "Ours kept"
        TAKEN = "taken", "Theirs taken"
        AGREED = "agreed", "The EHR tells ours now"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="conflicts")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    coverage = models.ForeignKey(
        Coverage, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: self-pay"
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    service_date = models.DateField()
    place_of_service = models.CharField(max_length=2)
    diagnoses = ArrayField(models.CharField(max_length=20), default=list)
    abn_signed_on = models.DateField(null=True, help_text="Empty: the EHR tells none")
    lines = models.JSONField(
        default=list,
        help_text="[{source_id, procedure, modifiers, units, amount, diagnosis_pointers, ndc, ndc_units, ndc_unit_measure}]",
    )
    first_told_at = models.DateTimeField()
    told_at = models.DateTimeField(help_text="When the EHR told it so for the first time")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["encounter"], condition=Q(state="open"), name="visit_conflict_once")
        ]

    def __str__(self) -> str:
        return self.public_id
