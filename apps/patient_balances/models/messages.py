from django.db import models

from apps.core.public_ids import PublicIdModel
from apps.intake.models import Patient
from apps.patient_balances.models.balances import Balance
from apps.patient_balances.models.links import PaymentLink
from apps.patient_balances.rules.opt_out import Meaning
from apps.patient_balances.rules.sequence import Touch as SequenceTouch
from apps.worklist.models import WorkItem


class Outgoing(PublicIdModel):
    """Something written to a patient. The row is there before the send; its state says what became of it."""

    class Channel(models.TextChoices):
        SMS = "sms", "Text"
        EMAIL = "email", "Email"
        PAPER = "paper", "Letter"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"
        JOINED = "joined"  # goes out with another balance's message
        TO_MAIL = "to_mail"  # a letter that a person prints and mails

    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True, help_text="As sent, the link's token masked")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    sending_since = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    vendor_id = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Message(Outgoing):
    """One touch of the sequence. Unique per balance and touch: another channel after a failure is the same row once more."""

    class Touch(models.TextChoices):
        FIRST = SequenceTouch.FIRST.value, "First notice"
        REMINDER = SequenceTouch.REMINDER.value, "Reminder"
        FINAL = SequenceTouch.FINAL.value, "Final notice"

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="messages")
    touch = models.CharField(max_length=8, choices=Touch)
    words = models.CharField(max_length=8, choices=Touch, help_text="The touch whose words it carries")
    link = models.ForeignKey(PaymentLink, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    sent_with = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["balance", "touch"], name="touch_once")]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["vendor_id"]),
            models.Index(fields=["address", "due_at"]),
            models.Index(fields=["sent_at"], condition=models.Q(sent_at__isnull=False), name="message_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.touch} {self.state}"


class UnreachableAddress(models.Model):
    """A number or mailbox that could not be written to: a landline, a bounce, somebody else's. A newer consent makes it good again."""

    channel = models.CharField(max_length=5, choices=Outgoing.Channel)
    address = models.CharField(max_length=120)
    since = models.DateTimeField()
    problem = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="unreachable_once")]

    def __str__(self) -> str:
        return self.channel


class InboundMessage(PublicIdModel):
    """What a patient wrote back, or a call that nobody took. While one that pauses is unanswered, nothing is sent to its address."""

    class Meant(models.TextChoices):
        STOP = Meaning.STOP.value, "Stop"
        START = Meaning.START.value, "Start again"
        HELP = Meaning.HELP.value, "Help"
        MAYBE_STOP = Meaning.MAYBE_STOP.value, "Seems to ask us to stop"
        WRONG_NUMBER = Meaning.WRONG_NUMBER.value, "Wrong number"
        OTHER = Meaning.OTHER.value, "Question or remark"
        MISSED_CALL = Meaning.MISSED_CALL.value, "Missed call"

    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="inbound_messages")
    channel = models.CharField(max_length=5, choices=Outgoing.Channel, default=Outgoing.Channel.SMS)
    address = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    vendor_key = models.CharField(max_length=100, unique=True)
    meaning = models.CharField(max_length=12, choices=Meant)
    pauses = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["address"], condition=models.Q(pauses=True, answered_at=None), name="inbound_pausing"),
            models.Index(fields=["address", "-at"]),
        ]

    def __str__(self) -> str:
        return self.meaning


class Reply(Outgoing):
    """Our one answer to what came in: a text back after a missed call, or help. Never part of the sequence."""

    inbound = models.OneToOneField(InboundMessage, on_delete=models.PROTECT, related_name="reply")

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["vendor_id"])]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"reply {self.state}"
