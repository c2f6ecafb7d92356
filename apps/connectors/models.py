from django.db import models
from django.db.models import Q

from apps.connectors.payload_field import PayloadField
from apps.core.encryption import EncryptedBytesField, EncryptedJSONField
from apps.core.public_ids import PublicIdModel


class Connection(PublicIdModel):
    """One outside system that the practice has connected, by one adapter."""

    class Kind(models.TextChoices):
        EHR = "ehr"
        CLEARINGHOUSE = "clearinghouse"
        PAYMENTS = "payments"
        MESSAGING = "messaging"

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    adapter = models.CharField(max_length=40, help_text="A name from settings.ADAPTERS")
    settings = EncryptedJSONField()
    enabled = models.BooleanField(default=True)
    mark = models.CharField(
        max_length=200, blank=True, help_text="How far polling has come, in the adapter's own words"
    )
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=200, blank=True, help_text="Empty once it has answered again")
    failed_at = models.DateTimeField(null=True, blank=True, help_text="Its last failure, also where it answered since")
    failed_with = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class RefusedSignIn(models.Model):
    """The other side refused the credentials of a connection, and nobody has corrected or tested it since (`doors`)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="refused_sign_ins")
    door = models.CharField(max_length=20, blank=True, help_text="Which of its credentials; empty: its main ones")
    at = models.DateTimeField(help_text="When they were refused, or last tried")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "door"], name="refused_sign_in_once")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.door}"


class Transmission(PublicIdModel):
    """What came in or went out, byte for byte, stored before it is parsed or sent (ARCHITECTURE law 4)."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        STORED = "stored"
        SENDING = "sending"
        SENT = "sent"
        UNKNOWN = "unknown"
        PROCESSED = "processed"
        FAILED = "failed"

    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="transmissions"
    )
    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=20, help_text="837P, 835, 999, 277CA, 270, 271, TA1, csv, webhook.ehr, ...")
    vendor_key = models.CharField(max_length=200, help_text="The vendor's event id, or file name + checksum")
    checksum = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    control_number = models.CharField(max_length=20, blank=True)
    payload = PayloadField()
    size = models.PositiveIntegerField(help_text="Of the whole payload, bytes")
    state = models.CharField(max_length=10, choices=State, default=State.STORED)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "vendor_key"], name="transmission_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["kind", "at"], condition=Q(state="stored"), name="transmission_waiting"),
            models.Index(fields=["kind", "at"], condition=Q(state="sending"), name="transmission_leaving"),
            models.Index(fields=["kind", "-at"]),
            models.Index(fields=["checksum"], name="transmission_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class TransmissionFrame(models.Model):
    """A part of a payload that is larger than one frame; the first part stands in the transmission itself."""

    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="frames")
    number = models.PositiveIntegerField(help_text="From 1, in the order of the payload")
    content = EncryptedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transmission", "number"], name="transmission_frame_once")]

    def __str__(self) -> str:
        return f"{self.transmission_id} {self.number}"
