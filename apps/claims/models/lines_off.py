from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.claims.models.claims import Claim
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Charge, DrugGiven
from apps.worklist.models import WorkItem


class LineOff(PublicIdModel, DrugGiven):
    """A line that a coder took off its claim, as it stood there. Its charge is not billed, and not owed, until somebody decides."""

    class State(models.TextChoices):
        OPEN = "open", "Not billed on this claim"
        BACK = "back", "Back on the claim"
        UNBILLED = "unbilled", "Left unbilled"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines_off")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    control_number = models.CharField(max_length=30)
    procedure = models.CharField(max_length=20)
    modifiers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3)
    amount = MoneyField()
    diagnosis_pointers = ArrayField(models.PositiveSmallIntegerField(), default=list)
    reason = models.CharField(max_length=300)
    taken_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_off_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.CharField(max_length=300, blank=True)
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.number} {self.procedure}"
