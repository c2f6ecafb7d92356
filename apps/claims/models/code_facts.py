"""What is known of procedure codes beyond the pairs and the limits: dated rows with their source. No descriptor of any code."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from apps.claims.rules.code_facts import KINDS, Kind, is_code_of
from apps.practice.models import Payer


class CodeFact(models.Model):
    """One thing known of a code on the days from `effective_on` to `ends_on`. `value` says it in the words of its kind
    (`rules.code_facts.KINDS`); of what a code can be only once, the newest row in force counts.
    """

    kind = models.CharField(max_length=10, choices=[(kind.value, KINDS[kind].label) for kind in Kind])
    code = models.CharField("procedure code", max_length=5)
    value = models.CharField(max_length=10, help_text="In the words of its kind; docs/scrubbing-rules.md lists them")
    effective_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True, help_text="Empty: until a later row takes its place")
    source = models.CharField(max_length=200, blank=True, help_text="Where it is written, or the file that brought it")

    class Meta:
        # It is also the index by which the scrubber looks up the codes of a chunk of claims.
        constraints = [
            models.UniqueConstraint(fields=["code", "kind", "value", "effective_on"], name="code_fact_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("effective_on")), name="code_fact_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind} {self.value}"

    def clean(self) -> None:
        """Raises ValidationError for a code that is none, and for words that its kind does not have."""
        self.code, self.value = self.code.strip().upper(), self.value.strip()
        if self.kind not in set(Kind):
            return
        if not is_code_of(Kind(self.kind), self.code):
            what = "modifier" if self.kind == Kind.MODIFIER else "code"
            raise ValidationError({"code": f"This is not a CPT or HCPCS {what}."})
        if not KINDS[Kind(self.kind)].words.fullmatch(self.value):
            raise ValidationError({"value": f"One of: {KINDS[Kind(self.kind)].words.pattern.replace('|', ', ')}."})


class DrugNumberPolicy(models.Model):
    """Who wants the National Drug Code on drugs: one payer, or all of a filing indicator (SBR09)."""

    payer = models.ForeignKey(
        Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: all of a kind"
    )
    filing_indicator = models.CharField(
        "claim filing indicator", max_length=2, blank=True, help_text="MC: Medicaid. Only without a payer"
    )
    effective_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payer=None, filing_indicator__gt="") | Q(payer__isnull=False, filing_indicator=""),
                name="drug_number_policy_of_one",
            ),
        ]
        verbose_name_plural = "drug number policies"

    def __str__(self) -> str:
        return f"{self.payer or self.filing_indicator} from {self.effective_on}"
