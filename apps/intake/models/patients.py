from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from apps.core.public_ids import PublicIdModel
from apps.practice.models import Payer
from apps.practice.models.places import Address


class Patient(PublicIdModel, Address):
    """A patient as the EHR told us. (source, source_id) is the EHR's identity, so the same patient comes in once."""

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="en")
    corrected = models.JSONField(
        default=dict,
        help_text="{column: what the EHR told} of columns that a person corrected; the same told again changes nothing",
    )
    revision = models.PositiveIntegerField(
        default=0,
        help_text="Counts what was told that a claim rests on; written with it, so that it orders what moments do not",
    )
    changed_revision = models.PositiveIntegerField(
        default=0,
        help_text="The revision at which the EHR, or a person here, last changed what claims say of the patient; 0: never",
    )

    adopted = models.BooleanField(
        default=False, help_text="Entered by hand, and taken for the one that the source tells under this number"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="patient_once")]
        indexes = [
            models.Index(fields=["birth_date"], condition=models.Q(adopted=True), name="patient_adopted"),
            models.Index(fields=["last_name", "first_name"]),
            models.Index(fields=["phone"]),
            models.Index(OpClass(Upper("last_name"), name="text_pattern_ops"), name="patient_last_name_starts"),
            models.Index(OpClass(Upper("first_name"), name="text_pattern_ops"), name="patient_first_name_starts"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Coverage(PublicIdModel):
    """One payer's coverage of a patient. A coverage that ends is dated, never overwritten."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    rank = models.PositiveSmallIntegerField(default=1)
    member_id = models.CharField(max_length=80)
    group_number = models.CharField(max_length=50, blank=True)
    relationship = models.CharField(max_length=2, default="18", help_text="X12: 18 self, 01 spouse, 19 child, G8 other")
    subscriber_first_name = models.CharField(max_length=35, blank=True)
    subscriber_last_name = models.CharField(max_length=60, blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=1, blank=True)
    medicare_secondary_reason = models.CharField(
        max_length=2,
        blank=True,
        help_text="Of Medicare that is not first: why (SBR05: 12 to 16, 41, 42, 43, 47)",
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who of the practice entered or corrected it; the EHR neither ends nor overwrites it. Empty: as the EHR tells it",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "payer", "member_id", "rank"], condition=Q(ends_on=None), name="coverage_once"
            )
        ]
        indexes = [models.Index(fields=["member_id", "payer"], condition=Q(ends_on=None), name="coverage_by_member_id")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_self(self) -> bool:
        return self.relationship == "18"


class Consent(models.Model):
    """A patient's consent to be written to on one channel at one address, or its end (DOMAIN 6, 47 CFR 64.1200)."""

    class Channel(models.TextChoices):
        SMS = "sms", "Text"
        EMAIL = "email", "Email"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=120)
    given_on = models.DateField()
    wording = models.CharField(max_length=300)
    source = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_text = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel", "address"], condition=Q(revoked_at=None), name="consent_once"
            )
        ]
        indexes = [models.Index(fields=["channel", "address"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.given_on}"
