from decimal import Decimal

from django.db import models

from apps.connectors.models import Transmission
from apps.core.money import ZERO, MoneyField
from apps.core.public_ids import PublicIdModel, new_public_id
from apps.ledger.models import Entry
from apps.patient_balances.models.balances import Balance
from apps.worklist.models import WorkItem

LONGEST_REFERENCE = 16


class PatientPayment(PublicIdModel):
    """The part of a card payment that goes to one balance: started when the patient presses pay, paid when the processor says so.

    Several balances paid at once share one `reference`, which is all that the processor is told of them.
    """

    class State(models.TextChoices):
        STARTED = "started"
        PAID = "paid"
        FAILED = "failed"

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="payments")
    reference = models.CharField(max_length=LONGEST_REFERENCE, default=new_public_id, db_index=True)
    amount = MoneyField()
    state = models.CharField(max_length=8, choices=State, default=State.STARTED)
    processor_id = models.CharField(max_length=100, blank=True, db_index=True)
    payment_intent = models.CharField(max_length=100, blank=True, db_index=True)
    started_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "balance"], name="payment_once_a_balance")]
        indexes = [
            models.Index(fields=["state", "started_at"]),
            models.Index(fields=["paid_at"], condition=models.Q(paid_at__isnull=False), name="patient_payment_paid"),
        ]

    def __str__(self) -> str:
        return self.public_id


class CardDispute(PublicIdModel):
    """A card payment that its cardholder contests at the bank (a chargeback, or an inquiry before one).

    What the processor tells comes in any order and more than once, so each row keeps facts that only ever become true: the
    bank has taken the amount back, it has given it again, it has decided. `amount` is in the main unit of `currency`.
    """

    class State(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"
        CLOSED = "closed"  # ended without a decision

    dispute_id = models.CharField(max_length=100, unique=True, help_text="The processor's")
    payment_intent = models.CharField(max_length=100, blank=True, db_index=True)
    reference = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    amount = MoneyField()
    currency = models.CharField(max_length=3, default="usd")
    reason = models.CharField(max_length=60, blank=True, help_text="The processor's code")
    evidence_due = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    told_at = models.DateTimeField(help_text="When the newest of what was told happened")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_amount = MoneyField(default=0, help_text="How much of the amount the bank has given again, all told")
    unclear_at = models.DateTimeField(
        null=True, blank=True, help_text="When money moved once more in a way that the books do not follow"
    )
    compared_at = models.DateTimeField(
        null=True, blank=True, help_text="The unclear move up to which a person has said what the bank keeps"
    )
    transmission = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    @property
    def reason_words(self) -> str:
        return self.reason.replace("_", " ").capitalize()

    @property
    def waits(self) -> bool:
        """The money is gone, and the books do not show it because its payment has not come."""
        return self.withdrawn_at is not None and self.entry_id is None and self.kept_back > ZERO

    @property
    def kept_back(self) -> Decimal:
        """Of the amount, what the bank has not given again."""
        return max(Decimal(self.amount) - Decimal(self.restored_amount), ZERO)

    @property
    def is_restored(self) -> bool:
        """The books show it as taken back and, wholly or in part, as given again."""
        return self.entry_id is not None and self.restored_at is not None and self.restored_amount > ZERO

    @property
    def is_unclear(self) -> bool:
        """Since the last time that something was given again and posted, or that a person compared."""
        known = [moment for moment in (self.restored_at, self.compared_at) if moment is not None]
        return self.unclear_at is not None and all(self.unclear_at > moment for moment in known)

    @property
    def is_kept_in_part(self) -> bool:
        return self.is_restored and self.kept_back > ZERO

    def __str__(self) -> str:
        return self.public_id


class DisputeReturn(models.Model):
    """One time that a bank gave something of a disputed payment again, dollars, as it is in the books; less than nothing where it took
    once more what it had given.
    """

    dispute = models.ForeignKey(CardDispute, on_delete=models.PROTECT, related_name="returns")
    amount = MoneyField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.amount} of {self.dispute}"


class StrayPayment(PublicIdModel):
    """Money that the processor took and that no started payment expects, or a refund: a person finds out whose it is.

    `amount` is in the main unit of `currency`; all but the kind CURRENCY are in dollars.
    """

    class Kind(models.TextChoices):
        UNMATCHED = "unmatched", "No payment was started for it"
        DIFFERS = "differs", "Another amount than was asked for"
        REFUND = "refund", "Given back at the processor"
        CURRENCY = "currency", "Not in dollars: it is not in the books"

    kind = models.CharField(max_length=10, choices=Kind)
    event_id = models.CharField(max_length=100, unique=True)
    processor_id = models.CharField(max_length=100)
    payment_intent = models.CharField(max_length=100, blank=True, db_index=True)
    reference = models.CharField(max_length=100, blank=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3, default="usd")
    at = models.DateTimeField()
    transmission = models.ForeignKey(Transmission, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    applied_to = models.ForeignKey(
        Balance, null=True, blank=True, on_delete=models.PROTECT, related_name="stray_payments"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    @property
    def waits(self) -> bool:
        """A refund that is not in the books because its payment has not come."""
        return self.kind == self.Kind.REFUND and self.entry_id is None

    def __str__(self) -> str:
        return self.public_id
