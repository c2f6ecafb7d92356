from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.claims.models.claims import Claim, ClaimLine
from apps.claims.models.corrections import Correction
from apps.claims.rules.answered_version import BASIS_WORDS, VersionBasis
from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.practice.models import Payer


class Adjudication(models.Model):
    """What a payer said of one line (or, line empty, of the whole claim) in one remittance, written through claims' service."""

    class ContractVerdict(models.TextChoices):
        """How what was allowed stands to the payer's fee schedule; empty until that was looked at."""

        AS_AGREED = "as_agreed", "As the contract says"
        UNDERPAID = "underpaid", "Below the contract"
        NO_PRICE = "no_price", "No contract price on file"
        NOT_COMPARED = "not_compared", "Not to be compared"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="adjudications")
    line = models.ForeignKey(ClaimLine, null=True, on_delete=models.PROTECT, related_name="adjudications")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=120, help_text="Transmission, payment, CLP and SVC position")
    claim_status_code = models.CharField(max_length=2, help_text="CLP02")
    charge = MoneyField()
    paid = MoneyField()
    allowed = MoneyField()
    cost_share = MoneyField()
    contractual = MoneyField()
    denied = MoneyField(help_text="Sum of the amounts of class denial")
    remark_codes = ArrayField(models.CharField(max_length=10), default=list)
    decided_procedure = models.CharField(
        max_length=20,
        blank=True,
        help_text="Code and modifiers (99212:25) by which the payer decided, if not the line's",
    )
    is_denied = models.BooleanField(default=False)
    reversed = models.BooleanField(
        default=False,
        help_text="Does not stand: its payer took it back, or has answered a newer version of the claim",
    )
    correction = models.ForeignKey(
        Correction,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="What made the version that is answered; empty: the claim as it was first sent",
    )
    version_basis = models.CharField(
        max_length=6,
        choices=[(each.value, words) for each, words in BASIS_WORDS.items()],
        blank=True,
        default=VersionBasis.ONLY,
    )
    frequency = models.CharField(max_length=1, blank=True, default="", help_text="CLP09, as the payer told it")
    contract_verdict = models.CharField(max_length=12, choices=ContractVerdict, blank=True, default="")
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.PositiveIntegerField()
    remitted_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="adjudication_once")]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(contract_verdict="", reversed=False), name="adjudication_to_compare"
            ),
            models.Index(fields=["payer"], condition=Q(contract_verdict="no_price"), name="adjudication_no_price"),
        ]

    def __str__(self) -> str:
        return self.key


class AdjudicationAdjustment(models.Model):
    """One CAS triplet and the class that the posting gave it."""

    class Class(models.TextChoices):
        CONTRACTUAL = "contractual"
        COST_SHARE = "cost_share"
        PRIOR_PAYER = "prior_payer"
        INFORMATIONAL = "informational"
        DENIAL = "denial"

    adjudication = models.ForeignKey(Adjudication, on_delete=models.PROTECT, related_name="adjustments")
    group = models.CharField(max_length=2)
    carc = models.CharField(max_length=5)
    amount = MoneyField()
    adjustment_class = models.CharField(max_length=14, choices=Class)
    segment = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.group}-{self.carc} {self.amount}"
