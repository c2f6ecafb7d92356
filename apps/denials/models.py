from django.conf import settings
from django.db import models

from apps.claims.models import Adjudication, Claim, ClaimLine
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.denials.rules.lanes import LaneKind
from apps.eligibility.models import EligibilityCheck
from apps.ledger.models import RequestedWriteOff
from apps.practice.models import Payer
from apps.worklist.models import WorkItem


class Lane(models.TextChoices):
    MODIFIER = LaneKind.MODIFIER.value, "Modifier"
    COORDINATION = LaneKind.COORDINATION.value, "Coordination of benefits"
    CODING_REVIEW = LaneKind.CODING_REVIEW.value, "Coding review"
    MEDICAL_NECESSITY = LaneKind.MEDICAL_NECESSITY.value, "Medical necessity"
    GENERAL = LaneKind.GENERAL.value, "To be read"


class RoutingRule(models.Model):
    """First match by place wins; the last row matches everything, so that no denial is without a lane (DOMAIN 5).

    A rule that is changed ends, and another stands in its place: each denial keeps the words by which it was routed.
    """

    place = models.PositiveSmallIntegerField(unique=True, null=True, blank=True, help_text="Empty: it has ended")
    carc = models.CharField(max_length=5, blank=True, help_text="Empty: any")
    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=20, choices=Lane)
    owner_role = models.CharField(max_length=20, choices=WorkItem.OwnerRole)
    first_action = models.CharField(max_length=200)
    made_at = models.DateTimeField(null=True, blank=True, help_text="Empty: every practice starts with it")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place=None, ended_at__isnull=False) | models.Q(place__isnull=False, ended_at=None),
                name="a_rule_has_a_place_until_it_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.carc or 'any'} -> {self.lane}"

    @property
    def takes_everything(self) -> bool:
        return not self.carc and self.payer_id is None


class Denial(PublicIdModel):
    """A line that a payer refused, wholly or in part, with its lane, its next action and its deadline."""

    class State(models.TextChoices):
        OPEN = "open"
        CORRECTED = "corrected"  # a corrected claim is on its way
        APPEALED = "appealed"
        RECOVERED = "recovered"  # a later remittance paid
        UPHELD = "upheld"  # a later remittance refused it again; that refusal is a denial of its own
        WRITTEN_OFF = "written_off"
        RELEASED = "released"  # the patient owes it: a person said so
        REVERSED = "reversed"  # the payer took its answer back

    class Channel(models.TextChoices):
        PORTAL = "portal", "Payer portal"
        FAX = "fax", "Fax"
        MAIL = "mail", "Mail"
        PHONE = "phone", "Phone"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="denials")
    line = models.ForeignKey(ClaimLine, null=True, on_delete=models.PROTECT, related_name="denials")
    adjudication = models.OneToOneField(Adjudication, on_delete=models.PROTECT, related_name="denial")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="denials")
    group = models.CharField(max_length=2)
    carc = models.CharField(max_length=5)
    remark_codes = models.JSONField(default=list)
    amount = MoneyField(help_text="Dollars at risk: what the adjustments of class denial sum to")
    lane = models.CharField(max_length=20, choices=Lane)
    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, related_name="+")
    prepared = models.JSONField(
        default=dict, help_text="What was prepared: proposed modifier, task, letter draft (rules/prepare.py)"
    )
    eligibility_check = models.ForeignKey(
        EligibilityCheck, null=True, blank=True, on_delete=models.PROTECT, related_name="denials"
    )
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    received_at = models.DateTimeField()
    routed_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    appeal_deadline = models.DateField(null=True, blank=True, help_text="Empty: not configured")
    deadline_source = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The coder",
    )
    confirmation = models.CharField(max_length=300, blank=True, help_text="What in the record supports the change")
    first_touched_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When a correction or an appeal left")
    channel = models.CharField(max_length=6, choices=Channel, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    recovered_amount = MoneyField(null=True, blank=True, help_text="What the later remittance paid")
    close_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="denial")

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["claim"]),
            models.Index(fields=["-received_at"]),
            models.Index(fields=["routed_at"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"{self.group}-{self.carc}"


class WriteOffRequest(RequestedWriteOff):
    """To give up what is left of a denial."""

    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="write_off_requests")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["denial"],
                condition=models.Q(state=RequestedWriteOff.State.OPEN),
                name="one_open_request_a_denial",
            )
        ]


# Ours to work, or with the payer: a later remittance may still change it.
UNDECIDED = frozenset({Denial.State.OPEN, Denial.State.CORRECTED, Denial.State.APPEALED})
