from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.core.public_ids import PublicIdModel
from apps.intake.models.patients import Patient
from apps.worklist.models import WorkItem


class EmergencyAccess(PublicIdModel):
    """One person's look at one patient's record beyond their role, for a reason and a short time (45 CFR 164.312(a)(2)(ii)).

    It opens pages to read, never a verb. An administrator looks at each one afterwards.
    """

    class Verdict(models.TextChoices):
        IN_ORDER = "in_order", "In order"
        NOT_IN_ORDER = "not_in_order", "Not in order"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Sooner where somebody closed it")
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("opened_at")), name="emergency_ends_after"),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")), name="emergency_by_another"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-ends_at"], name="emergency_by_user"),
            models.Index(fields=["-opened_at"], name="emergency_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id
