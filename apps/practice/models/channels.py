from django.db import models
from django.db.models import Q

from apps.practice.models.payers import Payer


class PayerChannel(models.Model):
    """One transaction with one payer through one clearinghouse: under which id, whether it can be had, how far enrollment is.

    A clearinghouse is named as its business associate agreement is, by the adapter: payers' ids are the vendor's, not the account's.
    """

    class Transaction(models.TextChoices):
        CLAIMS = "837P", "Claims (837P)"
        ELIGIBILITY = "270", "Eligibility (270)"
        CLAIM_STATUS = "276", "Claim status (276)"
        REMITTANCE = "835", "Remittances (835)"
        FUNDS = "EFT", "Payment by EFT"

    class Capability(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        CAN = "can", "Can"
        CANNOT = "cannot", "Cannot"

    class Enrollment(models.TextChoices):
        NOT_NEEDED = "not_needed", "Not needed"
        TO_DO = "to_do", "To do"
        APPLIED = "applied", "Applied"
        ACTIVE = "active", "Active"
        REFUSED = "refused", "Refused"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="channels")
    clearinghouse = models.CharField(max_length=40, blank=True, help_text="Empty: whichever carries it")
    transaction = models.CharField(max_length=4, choices=Transaction)
    identifier = models.CharField("payer ID", max_length=80, blank=True, help_text="Empty: the payer's usual ID")
    capability = models.CharField(max_length=8, choices=Capability, default=Capability.UNKNOWN)
    enrollment = models.CharField(max_length=10, choices=Enrollment)
    enrollment_on = models.DateField(
        "on or since", null=True, blank=True, help_text="Applied on, active since, refused on"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "clearinghouse", "transaction"], name="payer_channel_once"),
            models.CheckConstraint(
                condition=Q(enrollment_on__isnull=False) | ~Q(enrollment__in=["applied", "active"]),
                name="payer_channel_enrolled_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer}: {self.get_transaction_display()}"
