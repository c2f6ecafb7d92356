from django.db import models

from apps.connectors.models import Transmission
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Appointment, Coverage
from apps.worklist.models import WorkItem


class EligibilityCheck(PublicIdModel):
    """One inquiry about one visit's coverage and its verdict. A visit may be checked many times."""

    class Reason(models.TextChoices):
        SCHEDULED = "scheduled", "Nightly, 24-48 hours ahead"
        EVENING_BEFORE = "evening_before", "Evening before"
        ON_DEMAND = "on_demand", "On demand"

    class State(models.TextChoices):
        WAITING = "waiting"
        ASKING = "asking"
        ANSWERED = "answered"
        OUTAGE = "outage"

    class Verdict(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Not active"
        NOT_FOUND = "not_found", "Member not found"
        OTHER_PAYER = "other_payer", "Another payer is primary"
        UNKNOWN = "unknown", "No clear answer"

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="eligibility_checks")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="eligibility_checks")
    reason = models.CharField(max_length=16, choices=Reason)
    round = models.CharField(max_length=40, help_text="The run that asked, so that a repeated run asks once")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it failed, in plain words")
    benefits = models.JSONField(default=dict, help_text="copay, deductible left, coinsurance, other payer, plan dates")
    inquiry = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "coverage", "round"], name="check_once_a_round")]
        indexes = [models.Index(fields=["state", "created_at"]), models.Index(fields=["appointment", "-created_at"])]

    def __str__(self) -> str:
        return self.public_id

    @property
    def failed(self) -> bool:
        return self.state == self.State.ANSWERED and self.verdict != self.Verdict.ACTIVE
