from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.core.public_ids import PublicIdModel


class Address(models.Model):
    line1 = models.CharField(max_length=55, blank=True)
    line2 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postcode = models.CharField("ZIP", max_length=9, blank=True, help_text="5 or 9 digits, without the dash")

    class Meta:
        abstract = True


class Practice(Address):
    """The one practice that this installation serves; the billing provider of each claim."""

    class TaxIdKind(models.TextChoices):
        """REF01 of X222A1 2010AA."""

        EIN = "EI", "EIN, of an employer"
        SSN = "SY", "SSN, of a physician without an EIN"

    name = models.CharField(max_length=60)
    messaging_name = models.CharField(
        max_length=40, help_text="The name in texts and emails. It must not reveal a specialty."
    )
    tax_id = models.CharField(max_length=9)
    tax_id_kind = models.CharField(max_length=2, choices=TaxIdKind, default=TaxIdKind.EIN)
    npi = models.CharField(max_length=10)
    taxonomy = models.CharField(max_length=10)
    phone = models.CharField(max_length=20)
    call_back_number = models.CharField(max_length=20)
    minimum_balance = models.DecimalField(max_digits=6, decimal_places=2, default=5)
    underpaid_beyond = models.DecimalField(
        "underpaid beyond, dollars",
        max_digits=6,
        decimal_places=2,
        default=1,
        help_text="What a payer allows below the contract is a task once it is more than this and more than the percentage",
    )
    underpaid_beyond_percent = models.DecimalField(
        "underpaid beyond, percent of the contract price", max_digits=5, decimal_places=2, default=2
    )
    write_off_limit = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="A write-off above it needs an administrator's approval. Empty: none does",
    )
    refund_days = models.PositiveSmallIntegerField(
        "days to pay a credit back",
        default=30,
        help_text="To a payer that has paid too much. Medicare and Medicaid: 60 days by law, whatever stands here",
    )
    rule_holds_percent = models.PositiveSmallIntegerField(
        "a rule holds at most, percent",
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="A rule of the practice's own that would have held more of a payer's claims of the last 90 days is not switched on",
    )
    chase_after_days = models.PositiveSmallIntegerField(
        "days without an answer until a claim is chased",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="From the sending on; then its payer is asked (276), and a person, who finds out by the tenth day",
    )
    only_row = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only_row=True), name="one_practice")]

    def __str__(self) -> str:
        return self.name

    @property
    def trading_id(self) -> str:
        """How an envelope names the practice to who has given it no id: the tax ID, but not a person's SSN, which is no address."""
        return self.npi if self.tax_id_kind == self.TaxIdKind.SSN else self.tax_id


class Location(PublicIdModel, Address):
    class Certificate(models.TextChoices):
        WAIVER = "waiver", "Waiver"
        MICROSCOPY = "ppm", "Provider-performed microscopy"
        FULL = "full", "Registration, compliance or accreditation"

    name = models.CharField(max_length=60)
    npi = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    clia_number = models.CharField(
        "CLIA number", max_length=10, blank=True, help_text="Of the laboratory here: two digits, D, seven digits"
    )
    clia_certificate = models.CharField(
        "CLIA certificate", max_length=6, blank=True, choices=Certificate, help_text="Decides which tests carry QW"
    )
    source_id = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class Provider(PublicIdModel):
    """Someone who renders care. An import may bring one unconfirmed; a person confirms before the scrubber stops warning."""

    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=60)
    npi = models.CharField(max_length=10)
    taxonomy = models.CharField(max_length=10, blank=True)
    source_id = models.CharField(max_length=120, blank=True, help_text="The EHR's; of a charge file NPI and whole name")
    confirmed = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["npi", "last_name", "first_name"], name="provider_once")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
