from django.conf import settings
from django.db import models

from apps.core.public_ids import PublicIdModel
from apps.intake.models.patients import Patient
from apps.practice.models import Location, Provider


class Appointment(PublicIdModel):
    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        NO_SHOW = "no_show"

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=60)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="appointment_once")]
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        return self.public_id


class NotCharged(PublicIdModel):
    """What a person said of a visit that has no charges. The appointment itself stays as the EHR tells it."""

    class Outcome(models.TextChoices):
        NO_CHARGE = "no_charge", "Nothing to charge"
        CANCELLED = "cancelled", "Cancelled"
        NO_SHOW = "no_show", "Did not come"

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="not_charged")
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.public_id
