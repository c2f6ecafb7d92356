from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models.patients import Coverage, Patient
from apps.intake.models.visit_facts import VisitFacts
from apps.practice.models import Location, Provider


class Encounter(PublicIdModel, VisitFacts):
    """A visit that can be billed, with its diagnoses and charges as the EHR gave them."""

    class Path(models.TextChoices):
        POLL = "poll", "Nightly poll"
        EVENT = "event", "EHR event"
        FILE = "file", "Charge file"
        HAND = "hand", "Hand entry"

        @property
        def in_a_sentence(self) -> str:
            """What the charges did: "came in a charge file"."""
            return {
                self.POLL: "came with the nightly look into the EHR",
                self.EVENT: "came as a message from the EHR",
                self.FILE: "came in a charge file",
                self.HAND: "were entered by hand",
            }[self]

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=60)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    coverage = models.ForeignKey(
        Coverage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: self-pay"
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service_date = models.DateField()
    place_of_service = models.CharField(max_length=2, default="11")
    diagnoses = ArrayField(
        models.CharField(max_length=20), default=list, help_text="ICD-10-CM without the dot, as received"
    )
    abn_signed_on = models.DateField(
        "notice of noncoverage (ABN) signed on",
        null=True,
        blank=True,
        help_text="Empty: none is on file for this visit",
    )
    checked_out_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField()
    arrived_by = models.CharField(max_length=5, choices=Path)
    billed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its charges were posted and, with a plan, its claim was built. Empty: still to do",
    )
    transmission = models.ForeignKey(Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Of the visit and of its plan, as the EHR last told them"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="encounter_once")]
        indexes = [
            models.Index(fields=["service_date"]),
            models.Index(fields=["arrived_at"], condition=Q(billed_at=None), name="encounter_unbilled"),
        ]

    def __str__(self) -> str:
        return self.public_id


class DrugGiven(models.Model):
    """The product behind a drug's procedure code, as X222A1 2410 carries it; empty where the line is no drug.

    The defaults are the database's too, since lines come in by COPY.
    """

    ndc = models.CharField(
        "National Drug Code",
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="Eleven digits (5-4-2); as received until it was corrected",
    )
    ndc_units = models.DecimalField("quantity of the drug", max_digits=11, decimal_places=3, null=True, blank=True)
    ndc_unit_measure = models.CharField(
        "unit of the drug",
        max_length=2,
        blank=True,
        default="",
        db_default="",
        help_text="F2 international unit, GR gram, ME milligram, ML, UN unit",
    )

    class Meta:
        abstract = True


class Charge(DrugGiven):
    """One line of an encounter. `amount` is the line's whole charge in dollars, units included."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charges")
    source_id = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    procedure = models.CharField(max_length=20)
    modifiers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    amount = MoneyField()
    diagnosis_pointers = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["encounter", "source_id"], name="charge_once"),
            models.UniqueConstraint(fields=["encounter", "number"], name="charge_number_once"),
        ]
        # The last price of a code.
        indexes = [models.Index(fields=["procedure", "modifiers"], name="charge_last_price")]
        ordering = ["encounter_id", "number"]

    def __str__(self) -> str:
        return f"{self.procedure} {self.amount}"

    @property
    def patient(self) -> Patient:
        return self.encounter.patient
