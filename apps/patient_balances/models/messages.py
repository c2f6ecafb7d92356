from django.db import models

from apps.core.public_ids import PublicIdModel
from apps.intake.models import Consent, Patient
from apps.patient_balances.models.balances import Balance


class Message(PublicIdModel):
    """One touch of the sequence on one channel. The row is written before the send; unique per balance and touch."""

    class Touch(models.TextChoices):
        FIRST = "day_0", "First notice"
        REMINDER = "day_7", "Reminder"
        FINAL = "day_14", "Final notice"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="messages")
    touch = models.CharField(max_length=8, choices=Touch)
    channel = models.CharField(max_length=5, choices=Consent.Channel)
    address = models.CharField(max_length=120)
    body = models.TextField(help_text="As sent, the link's token masked")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    vendor_id = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["balance", "touch"], name="touch_once")]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["vendor_id"])]

    def __str__(self) -> str:
        return f"{self.touch} {self.state}"


class InboundMessage(models.Model):
    """What a patient wrote back."""

    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="inbound_messages")
    address = models.CharField(max_length=120)
    text = models.TextField()
    at = models.DateTimeField()
    vendor_key = models.CharField(max_length=60, unique=True)
    meaning = models.CharField(max_length=12, help_text="stop, start, help or other")

    def __str__(self) -> str:
        return self.meaning
