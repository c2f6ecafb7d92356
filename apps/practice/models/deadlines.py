from django.db import models

from apps.practice.models.payers import Payer


class PayerDeadline(models.Model):
    """A dated limit and where it is written. No row means "not configured"; nothing is ever guessed (DOMAIN 5).

    Where a payer's guides disagree both stand, each with its source, and the earlier one counts; so it does where products differ,
    since no coverage tells its product.
    """

    class Kind(models.TextChoices):
        FILING = "filing", "Initial filing"
        CORRECTED_FILING = "corrected_filing", "Corrected claim"
        FURTHER_FILING = "further_filing", "Claim after another payer's answer"
        REOPENING = "reopening", "Reopening"
        RECORDS = "records", "Records asked for"
        APPEAL_1 = "appeal_1", "First appeal level"
        APPEAL_2 = "appeal_2", "Second appeal level"
        APPEAL_3 = "appeal_3", "Third appeal level"

    class CountedFrom(models.TextChoices):
        SERVICE = "service", "date of service"
        REMITTANCE = "remittance", "remittance date"
        RECEIPT = "receipt", "receipt of the remittance"
        DECISION = "decision", "receipt of the decision on the appeal before"
        REQUEST = "request", "date of the payer's letter"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=20, choices=Kind)
    product = models.CharField(
        max_length=40, blank=True, help_text="Where it differs by line of business, for example Medicare Advantage"
    )
    days = models.PositiveSmallIntegerField()
    counted_from = models.CharField(max_length=12, choices=CountedFrom)
    source = models.CharField(max_length=200, help_text="Guide and page, contract and section")
    source_link = models.URLField("address of the source", blank=True)
    verified_on = models.DateField()
    verified_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "kind", "product", "source"], name="payer_deadline_once_a_source")
        ]

    def __str__(self) -> str:
        return f"{self.payer}: {self.get_kind_display()} {self.days} days"
