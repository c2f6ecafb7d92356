from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.claims.models.reviews import Reviewed
from apps.core.public_ids import PublicIdModel
from apps.practice.models import Payer
from apps.worklist.models import WorkItem


class PayerRule(Reviewed, PublicIdModel):
    """A rule that the practice wrote for one payer, or for all (DOMAIN 2.7). It is tried on past claims before it is switched on."""

    class Action(models.TextChoices):
        BLOCK = "block", "Stop the claim"
        WARN = "warn", "Warn"
        SET = "set", "Stop the claim and propose a value"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ON = "on", "On"
        OFF = "off", "Off"

    number = models.PositiveIntegerField(
        unique=True, help_text="Its findings carry the code PAY-number; never given twice"
    )
    name = models.CharField(max_length=60)
    payer = models.ForeignKey(
        Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="rules", help_text="Empty: all payers"
    )
    conditions = models.JSONField(help_text="A tree of rules/conditions.py")
    action = models.CharField(max_length=5, choices=Action, default=Action.BLOCK)
    set_field = models.CharField(max_length=40, blank=True)
    set_value = models.CharField(max_length=60, blank=True)
    sentence = models.CharField(max_length=240, help_text="For the biller: what is wrong and what to do")
    effective_from = models.DateField(null=True, blank=True, help_text="First day of service; empty: any")
    effective_to = models.DateField(null=True, blank=True, help_text="Last day of service; empty: any")
    reason = models.CharField(max_length=300, help_text="Why it exists: the denial, the payer's bulletin")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    state_reason = models.CharField(max_length=300, blank=True)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True, help_text="Empty: not since it last changed")
    tried_claims = models.PositiveIntegerField(default=0, help_text="The payer's claims that it was tried on")
    tried_held = models.PositiveIntegerField(default=0)
    tried_denied = models.PositiveIntegerField(default=0, help_text="Of those held: denied on the first remittance")
    work_item = models.OneToOneField(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="It cannot be asked"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="payer_rule_ends_after",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="on"), name="payer_rule_on")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def code(self) -> str:
        return f"PAY-{self.number}"
