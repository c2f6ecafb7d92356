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
