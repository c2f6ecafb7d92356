from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.claims.models.claims import Claim
from apps.connectors.models import Connection, Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.worklist.models import WorkItem


class Batch(PublicIdModel):
    """One interchange of claims to one clearinghouse. Its control numbers come from database sequences and never repeat."""

    class State(models.TextChoices):
        WRITTEN = "written"
        SENDING = "sending"
        SENT = "sent"
        UNKNOWN = "unknown"
        ACCEPTED = "accepted"
        PARTLY_ACCEPTED = "partly_accepted"
        REJECTED = "rejected"
        NOT_SENT = "not_sent"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="batches")
    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="batch")
    state = models.CharField(max_length=16, choices=State, default=State.WRITTEN)
    interchange_number = models.PositiveIntegerField(unique=True, help_text="ISA13")
    group_number = models.PositiveIntegerField(unique=True, help_text="GS06")
    transaction_number = models.CharField(max_length=9, help_text="ST02")
    reference = models.CharField(max_length=30, unique=True, help_text="BHT03, returned by the 277CA")
    claim_count = models.PositiveIntegerField()
    total = MoneyField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    sending_since = models.DateTimeField(null=True, blank=True, help_text="When the sender that holds it began")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="After an outage: not before this moment")
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return self.reference


class BatchClaim(models.Model):
    """A claim's place in a batch. A claim in flight cannot be batched again; `answer` is the furthest that this sending came."""

    class Answer(models.TextChoices):
        NONE = "", "No answer"
        ACKNOWLEDGED = "acknowledged", "File accepted"
        PASSED_ON = "passed_on", "Accepted by the clearinghouse"
        ACCEPTED = "accepted", "Accepted by the payer"
        REJECTED = "rejected", "Rejected"
        ADJUDICATED = "adjudicated", "Paid or denied"
        RELEASED = "released", "Did not arrive"
        NOT_FOUND = "not_found", "Not found by the payer"  # a person has sent it again
        LATE = "late", "Arrived after all"  # counted as lost before, so the claim has gone on without it
        LATE_REFUSED = "late_refused", "Arrived after all, and was refused"  # the payer does not have it

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="members", db_index=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="memberships")
    in_flight = models.BooleanField(default=True)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    chased_at = models.DateTimeField(null=True, blank=True, help_text="When a person was asked to find out")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "claim"], name="claim_once_in_batch"),
            models.UniqueConstraint(fields=["claim"], condition=Q(in_flight=True), name="claim_in_flight_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.claim_id}"


class BatchEvent(models.Model):
    """What happened to a file: the exchange about it, in the order of time."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=240, help_text="One sentence for people")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    transmission = models.ForeignKey(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    segment = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "at"])]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.what
