from django.conf import settings
from django.db import models

from apps.connectors.models import Transmission
from apps.core.public_ids import PublicIdModel
from apps.eligibility.rules.kinds import VerdictKind
from apps.intake.models import Appointment, Coverage
from apps.worklist.models import WorkItem


class EligibilityCheck(PublicIdModel):
    """One inquiry about one coverage on one day, and its verdict. A visit may be checked many times; a denial asks without a visit."""

    class Reason(models.TextChoices):
        SCHEDULED = "scheduled", "Nightly, 24-48 hours ahead"
        EVENING_BEFORE = "evening_before", "Evening before"
        BEFORE_CLOSING = "before_closing", "Last working evening"
        SAME_DAY = "same_day", "Morning of the visit"
        ON_DEMAND = "on_demand", "On demand"
        DENIAL = "denial", "After a denial"

    class State(models.TextChoices):
        WAITING = "waiting"
        ASKING = "asking"
        ANSWERED = "answered"
        OUTAGE = "outage"
        BY_PHONE = "by_phone", "To be verified by phone"  # the payer has no electronic eligibility; not a failure
        NOT_ASKED = "not_asked", "Data is missing"

    class Verdict(models.TextChoices):
        ACTIVE = VerdictKind.ACTIVE.value, "Active"
        INACTIVE = VerdictKind.INACTIVE.value, "Not active"
        NOT_FOUND = VerdictKind.NOT_FOUND.value, "Member not found"
        OTHER_PAYER = VerdictKind.OTHER_PAYER.value, "Another payer is primary"
        UNKNOWN = VerdictKind.UNKNOWN.value, "No clear answer"

    class Settlement(models.TextChoices):
        NEW_COVERAGE = "new_coverage", "New coverage entered"
        SELF_PAY = "self_pay", "Self-pay agreed"
        RESCHEDULED = "rescheduled", "Visit rescheduled"
        VERIFIED = "verified", "Verified by phone"

    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="eligibility_checks"
    )
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="eligibility_checks")
    service_date = models.DateField(help_text="The day of the visit, practice-local")
    asked_about = models.DateField(
        null=True, help_text="Another day where the payer does not answer for the visit's (AAA 62, 63)"
    )
    reason = models.CharField(max_length=16, choices=Reason)
    round = models.CharField(max_length=40, help_text="The round that asked, so that a repeated run asks once")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it failed, in plain words")
    benefits = models.JSONField(
        default=dict,
        help_text="{plan, begins_on, ends_on, copay, coinsurance, deductible, deductible_left, out_of_pocket_left: [dollars],"
        " other_payer: {name, identifier, member_id, instead}, answered_by, needs_authorization,"
        " medicaid_pays_cost_share}",
    )
    inquiry = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    settlement = models.CharField(max_length=12, choices=Settlement, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    phone_reference = models.CharField(
        max_length=40, blank=True, help_text="The number that the payer gave for the call"
    )
    told_revision = models.PositiveIntegerField(
        default=0,
        help_text="The patient's revision with which the answer, or the person's result, was last written; 0: not yet",
    )
    escalates_at = models.DateTimeField(null=True, blank=True, help_text="Four working hours before the visit")
    work_item = models.OneToOneField(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="eligibility_check"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "coverage", "service_date", "round"],
                name="check_once_a_round",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["state", "created_at"]),
            models.Index(fields=["appointment", "-created_at"]),
            models.Index(fields=["service_date"]),
            models.Index(fields=["answered_at"], condition=models.Q(answered_at__isnull=False), name="check_answered"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def failed(self) -> bool:
        """Whether it ended without "covered": another verdict, no answer, or nothing to ask with. A phone task is no failure."""
        if self.state == self.State.ANSWERED:
            return self.verdict != self.Verdict.ACTIVE
        return self.state in {self.State.OUTAGE, self.State.NOT_ASKED}
