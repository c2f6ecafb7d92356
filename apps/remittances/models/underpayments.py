from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.claims.models import Adjudication, Claim
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.practice.models import Payer
from apps.worklist.models import WorkItem


class Underpayment(PublicIdModel):
    """A claim of which its first payer allowed less than the contract says. A claim has at most one that is open."""

    class State(models.TextChoices):
        OPEN = "open", "To look at"
        DISPUTED = "disputed", "Dispute sent"
        ACCEPTED = "accepted", "Accepted"
        SCHEDULE_WRONG = "schedule_wrong", "Our schedule was wrong"
        TAKEN_BACK = "taken_back", "The payer took its answer back"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="underpayments")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    short = MoneyField(help_text="What the lines that stand fall short by, dollars")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(state="open"), name="one_open_underpayment")
        ]
        indexes = [models.Index(fields=["state", "-opened_at"])]

    def __str__(self) -> str:
        return self.public_id


class UnderpaidLine(models.Model):
    """The evidence, as it stood when it was compared: the fee schedule may change afterwards."""

    underpayment = models.ForeignKey(Underpayment, on_delete=models.PROTECT, related_name="lines")
    adjudication = models.OneToOneField(Adjudication, on_delete=models.PROTECT, related_name="underpaid_line")
    procedure = models.CharField(max_length=20)
    modifiers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3)
    price = MoneyField(help_text="The contract's for one unit, dollars")
    price_modifier = models.CharField(max_length=2, blank=True)
    price_source = models.CharField(max_length=200, blank=True)
    price_effective_on = models.DateField()
    expected = MoneyField()
    allowed = MoneyField(help_text="With what was taken off after it was allowed (sequestration, withhold)")
    short = MoneyField()
    taken_back = models.BooleanField(default=False, help_text="The payer reversed this answer since")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.procedure} short by {self.short}"
