"""What the bank says arrived, what payers said they sent, and which is which. No ledger entry hangs on these rows:
cash was debited when the payment came in, and a match proves that it is there."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from apps.connectors.models import Transmission
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.ledger.models import Entry
from apps.remittances.models.files import RemittancePayment
from apps.remittances.rules.bank_rows import UnknownColumnsError, check_columns
from apps.worklist.models import WorkItem


class BankAccount(PublicIdModel):
    """An account that payers pay into, and how its bank's export names its columns. Saved once, used for every file."""

    name = models.CharField(max_length=60, unique=True)
    columns = models.JSONField(help_text="Our column -> the file's column (docs/remittances.md)")
    date_format = models.CharField(
        max_length=20, blank=True, help_text="Such as %d.%m.%Y; empty: 2026-09-14 or 09/14/2026"
    )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            check_columns(self.columns)
        except (UnknownColumnsError, AttributeError, TypeError) as problem:
            raise ValidationError({"columns": str(problem)}) from None


class BankFile(PublicIdModel):
    """Which account a bank file belongs to, and what it brought: counts, and each refused row with its line and reason."""

    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="bank_file")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="files")
    received_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="[{line, reason}], nothing of what the row says")
    work_item = models.OneToOneField(
        WorkItem, null=True, on_delete=models.PROTECT, related_name="+", help_text="That the next file is due"
    )

    class Meta:
        indexes = [models.Index(fields=["-received_at"])]

    def __str__(self) -> str:
        return str(self.transmission)


class SetAsideRule(PublicIdModel):
    """A text by which a bank's credits are told to be no payer's. One that ended stays, since lines name it."""

    class Reason(models.TextChoices):
        CARD = "card", "Card processor"
        PATIENT = "patient", "Patients' checks and cash"
        OTHER = "other", "Not a payer's"

    text = models.CharField(max_length=60, help_text="Letters and digits that stand in the bank's text, in any case")
    reason = models.CharField(max_length=10, choices=Reason)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text"], condition=Q(ended_at=None), name="set_aside_rule_once"),
        ]

    def __str__(self) -> str:
        return self.text


class BankLine(PublicIdModel):
    """One credit of a bank's statement. What the practice paid out is not kept."""

    class State(models.TextChoices):
        OPEN = "open"
        MATCHED = "matched"
        SET_ASIDE = "set_aside"

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField(help_text="The line of the file on which it stands, the header being 1")
    booked_on = models.DateField()
    amount = MoneyField()
    text = models.CharField(max_length=300)
    reference = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, help_text="Of what the row says")
    ordinal = models.PositiveIntegerField(help_text="Which of the rows of one file that say the same, from 1")
    explained = MoneyField(default=0, help_text="The sum of its standing matches")
    differs = MoneyField(default=0, help_text="What of it a person booked as a difference of the bank's")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    set_aside_reason = models.CharField(max_length=10, choices=SetAsideRule.Reason, blank=True)
    set_aside_rule = models.ForeignKey(SetAsideRule, null=True, on_delete=models.PROTECT, related_name="lines")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # The same row in the same or an overlapping file is the same money.
            models.UniqueConstraint(fields=["account", "digest", "ordinal"], name="bank_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, explained__gte=0, differs__gte=0)
                & Q(explained__lte=F("amount") - F("differs")),
                name="bank_line_explained",
            ),
        ]
        indexes = [models.Index(fields=["state", "booked_on"])]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def rest(self) -> Decimal:
        return self.amount - self.explained - self.differs

    @property
    def words(self) -> str:
        """All that the bank says of it."""
        return f"{self.text} {self.reference}".strip()


class ExpectedDeposit(PublicIdModel):
    """A payment whose money must be seen in the bank."""

    class State(models.TextChoices):
        EARLIER = "earlier"  # paid before the first statement that we have: looked for, and not missed
        OPEN = "open"
        RECEIVED = "received"
        SET_ASIDE = "set_aside"

    SETTLED = (State.RECEIVED, State.SET_ASIDE)
    WAITING = (State.EARLIER, State.OPEN)

    payment = models.OneToOneField(RemittancePayment, on_delete=models.PROTECT, related_name="expected_deposit")
    amount = MoneyField()
    paid_on = models.DateField()
    received = MoneyField(default=0, help_text="The sum of its standing matches")
    differs = MoneyField(default=0, help_text="What of it a person booked as the bank's fee or difference")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, received__gte=0, differs__gte=0)
                & Q(received__lte=F("amount") - F("differs")),
                name="expected_deposit_received",
            ),
        ]
        indexes = [models.Index(fields=["state", "paid_on"])]

    def __str__(self) -> str:
        return str(self.payment)

    @property
    def rest(self) -> Decimal:
        return self.amount - self.received - self.differs


class DepositMatch(PublicIdModel):
    """So much of a bank line is so much of a payment. A line may hold several payments, a payment come in several lines."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        STANDING = "standing"
        UNDONE = "undone"  # by a person: the same two are never put together by themselves again

    class How(models.TextChoices):
        TRACE = "trace", "Trace number and amount"
        TRACE_LIKE = "trace_like", "Trace number without zeros or prefix, and amount"
        TOGETHER = "together", "Trace number, amounts together"
        TRACE_ONLY = "trace_only", "Trace number, another amount"
        LIKENESS = "likeness", "Amount, payer and days"
        PERSON = "person", "By a person"

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    expected = models.ForeignKey(ExpectedDeposit, on_delete=models.PROTECT, related_name="matches")
    amount = MoneyField()
    how = models.CharField(max_length=10, choices=How)
    state = models.CharField(max_length=10, choices=State)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "expected"], condition=~Q(state="undone"), name="deposit_match_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_match_positive"),
        ]
        indexes = [models.Index(fields=["state", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.line} {self.expected}"


class DepositDifference(PublicIdModel):
    """What the bank kept of a payment, or paid beyond what its credit holds: booked by a person against other adjustments.

    The one thing about a deposit that makes a ledger entry. Taken back, its entry is reversed and the rest waits again.
    """

    class Reason(models.TextChoices):
        FEE = "fee", "Bank fee"
        EXCHANGE = "exchange", "Rounding or exchange"
        CORRECTION = "correction", "Correction by the bank"
        INTEREST = "interest", "Interest"
        OTHER = "other", "Other, see the note"

    line = models.ForeignKey(BankLine, null=True, on_delete=models.PROTECT, related_name="differences")
    expected = models.ForeignKey(ExpectedDeposit, null=True, on_delete=models.PROTECT, related_name="differences")
    amount = MoneyField(help_text="Dollars that lack of a payment, or that a credit has too much")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=300)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(line=None, expected__isnull=False) | Q(line__isnull=False, expected=None),
                name="difference_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="difference_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.amount}"
