from django.db import models

from apps.claims.models import Adjudication, Claim, ClaimLine
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.practice.models import Payer
from apps.worklist.models import WorkItem


class Lane(models.TextChoices):
    MODIFIER = "modifier", "Modifier"
    COORDINATION = "coordination", "Coordination of benefits"
    CODING_REVIEW = "coding_review", "Coding review"
    MEDICAL_NECESSITY = "medical_necessity", "Medical necessity"
    GENERAL = "general", "To be read"


class RoutingRule(models.Model):
    """First match by place wins; the last row matches everything, so that no denial is without a lane (DOMAIN 5)."""

    place = models.PositiveSmallIntegerField(unique=True)
    carc = models.CharField(max_length=5, blank=True, help_text="Empty: any")
    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=20, choices=Lane)
    owner_role = models.CharField(max_length=20, choices=WorkItem.OwnerRole)
    first_action = models.CharField(max_length=200)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.place}: {self.carc or 'any'} -> {self.lane}"


class Denial(PublicIdModel):
    """A line that a payer refused, wholly or in part, with its lane, its next action and its deadline."""

    class State(models.TextChoices):
        OPEN = "open"
        CORRECTED = "corrected"
        APPEALED = "appealed"
        RECOVERED = "recovered"
        WRITTEN_OFF = "written_off"
        REVERSED = "reversed"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="denials")
    line = models.ForeignKey(ClaimLine, null=True, on_delete=models.PROTECT, related_name="denials")
    adjudication = models.OneToOneField(Adjudication, on_delete=models.PROTECT, related_name="denial")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="denials")
    group = models.CharField(max_length=2)
    carc = models.CharField(max_length=5)
    remark_codes = models.JSONField(default=list)
    amount = MoneyField()
    lane = models.CharField(max_length=20, choices=Lane)
    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, related_name="+")
    prepared = models.JSONField(default=dict, help_text="What was prepared: proposed modifier, task, letter draft")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    received_at = models.DateTimeField()
    routed_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    appeal_deadline = models.DateField(null=True, blank=True, help_text="Empty: not configured")
    deadline_source = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["claim"])]

    def __str__(self) -> str:
        return f"{self.group}-{self.carc} {self.amount}"
