from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper

from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Charge, Coverage, DrugGiven, Encounter, Patient, VisitFacts
from apps.practice.models import Payer, Provider
from apps.worklist.models import WorkItem


class Claim(PublicIdModel, VisitFacts):
    """A bill to one payer for one encounter. Its control number (CLM01) stays the same in every version of it."""

    control_number = models.CharField(max_length=20, unique=True)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="claims", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="claims")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="claims")
    status = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in ClaimStatus], default=ClaimStatus.DRAFT
    )
    payer_rank = models.PositiveSmallIntegerField(default=1)
    frequency = models.CharField(max_length=1, default="1", help_text="CLM05-3: 1 original, 7 replacement, 8 void")
    payer_claim_number = models.CharField(
        max_length=50, blank=True, help_text="The payer's own number (REF*F8 in a correction)"
    )
    service_date = models.DateField()
    place_of_service = models.CharField(max_length=2)
    diagnoses = ArrayField(models.CharField(max_length=20), default=list)
    total = MoneyField()
    built_at = models.DateTimeField()
    scrubbed_revision = models.PositiveIntegerField(
        default=0, help_text="The patient's revision that the last scrub had before it read its facts"
    )
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    first_rejected_at = models.DateTimeField(null=True, blank=True)
    first_adjudicated_at = models.DateTimeField(null=True, blank=True)
    denied_on_first_remittance = models.BooleanField(null=True, help_text="Any line denied on the first remittance")
    passed_untouched = models.BooleanField(
        null=True, help_text="Passed all edits at its first scrub, before any person touched it"
    )
    neighbours_due = models.BooleanField(
        default=False,
        db_default=False,
        help_text="When it came, an earlier claim of the patient's day was in other hands, and is still to be scrubbed beside it",
    )
    bill_crossover_from = models.DateTimeField(
        null=True, blank=True, help_text="Passed on without an answer: from then on it is billed to the next payer"
    )
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encounter", "payer_rank"], name="claim_once")]
        indexes = [
            models.Index(fields=["status", "-service_date"]),
            models.Index(fields=["-service_date"]),
            # What is counted of the claims that wait for a person, without the rows themselves.
            models.Index(
                fields=["id"],
                include=["work_item", "total", "status", "payer", "provider"],
                condition=models.Q(status__in=("exception", "rejected")),
                name="claim_waiting",
            ),
            # The same by amount: a page of it is read off, and fifty thousand are not sorted for it.
            models.Index(
                fields=["total", "id"],
                include=["work_item"],
                condition=models.Q(status__in=("exception", "rejected")),
                name="claim_waiting_by_total",
            ),
            models.Index(fields=["payer_claim_number"]),
            models.Index(fields=["built_at"]),
            models.Index(
                fields=["first_submitted_at"], condition=models.Q(first_submitted_at__isnull=False), name="claim_sent"
            ),
            models.Index(
                fields=["first_adjudicated_at"],
                condition=models.Q(denied_on_first_remittance=True),
                name="claim_denied_at_first",
            ),
            models.Index(fields=["id"], condition=models.Q(neighbours_due=True), name="claim_neighbours_due"),
            models.Index(OpClass(Upper("control_number"), name="text_pattern_ops"), name="claim_number_starts"),
            models.Index(OpClass(Upper("payer_claim_number"), name="text_pattern_ops"), name="payer_number_starts"),
        ]

    def __str__(self) -> str:
        return self.control_number


class ClaimLine(DrugGiven):
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="claim_lines")
    number = models.PositiveSmallIntegerField()
    control_number = models.CharField(max_length=30, help_text="REF*6R: comes back on the remittance")
    procedure = models.CharField(max_length=20)
    modifiers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3)
    amount = MoneyField()
    diagnosis_pointers = ArrayField(models.PositiveSmallIntegerField(), default=list)
    left_out = models.BooleanField(
        default=False,
        db_default=False,  # lines come in by COPY too
        help_text="Not on the present version: the payer has decided it, and a new claim bears the others only",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="claim_line_once")]
        indexes = [models.Index(fields=["control_number"])]
        ordering = ["claim_id", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.procedure}"


class ClaimEvent(models.Model):
    """What happened to a claim: the beads of its timeline. Written with each transition, naming who or what caused it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    old_status = models.CharField(max_length=16, blank=True)
    new_status = models.CharField(max_length=16, blank=True)
    what = models.CharField(max_length=240, help_text="One sentence for people")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    transmission = models.ForeignKey(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    segment = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["claim", "at"])]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.what
