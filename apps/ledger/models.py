from django.db import models
from django.db.models import Q

from apps.connectors.models import Transmission
from apps.core.models import User
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Charge, Encounter, Patient
from apps.practice.models import Payer
from apps.worklist.models import WorkItem


class Account(models.TextChoices):
    """Debit is positive. A receivable's balance is what is still owed to the practice."""

    INSURANCE_RECEIVABLE = "insurance_receivable"
    PATIENT_RECEIVABLE = "patient_receivable"
    REVENUE = "revenue"
    CONTRACTUAL = "contractual"
    OTHER_ADJUSTMENT = "other_adjustment"
    WRITE_OFF = "write_off"
    PAYER_CLEARING = "payer_clearing"
    UNAPPLIED_CASH = "unapplied_cash"
    REFUNDS = "refunds"
    DEPOSITS = "deposits"


class WriteOffReason(models.TextChoices):
    """Why money was given up: the whole list, so that it can be counted."""

    TIMELY_FILING = "timely_filing", "Filed too late"
    NO_AUTHORIZATION = "no_authorization", "No authorization"
    SMALL_BALANCE = "small_balance", "Too small to follow"
    BAD_DEBT = "bad_debt", "Bad debt"
    CHARITY = "charity", "Charity or hardship"
    COURTESY = "courtesy", "Courtesy"
    CONTRACT_DISPUTE = "contract_dispute", "Contract dispute given up"
    OTHER = "other", "Other, see the note"

    @classmethod
    def told(cls, reason: str, note: str) -> str:
        """The reason as people read it, the note behind it."""
        label = str(cls(reason).label)
        return f"{label}. {note}" if note else f"{label}."


class Entry(models.Model):
    """One balanced movement. Never edited: reversed and posted again (ARCHITECTURE law 6)."""

    class Kind(models.TextChoices):
        CHARGE = "charge"
        DEPOSIT = "deposit"
        REMITTANCE = "remittance"
        PROVIDER_ADJUSTMENT = "provider_adjustment"
        PATIENT_PAYMENT = "patient_payment"
        ADJUSTMENT = "adjustment"
        TRANSFER = "transfer"
        REVERSAL = "reversal"

    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120, help_text="Names the cause, so that it cannot be posted twice")
    posted_on = models.DateField()
    created_at = models.DateTimeField()
    transmission = models.ForeignKey(
        Transmission, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    segment = models.PositiveIntegerField(null=True, help_text="The segment of the transmission that says so")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    reason = models.CharField(
        max_length=20,
        choices=WriteOffReason,
        blank=True,
        default="",
        help_text="Of a write-off, and of what undoes one",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="entry_once")]
        indexes = [
            models.Index(fields=["posted_on"]),
            models.Index(fields=["posted_on"], condition=~Q(reason=""), name="entry_written_off"),
        ]

    def __str__(self) -> str:
        return self.key


class Leg(models.Model):
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="legs")
    account = models.CharField(max_length=24, choices=Account)
    amount = MoneyField()
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="legs")
    payer = models.ForeignKey(Payer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "payer"]),
            # What each claim of a payment took out of it: hundreds for a row of the list of payments.
            models.Index(
                fields=["entry"],
                include=["amount"],
                condition=Q(account=Account.PAYER_CLEARING),
                name="leg_in_clearing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class Kept(models.Model):
    """What legs come to, dollars, debit positive. The database keeps it as they are written (migration 0005); nobody else writes it.

    `manage.py check_ledger` proves it, `rebuild_balances` works it out anew. Its key needs no constraint: the legs' own keeps the row.
    """

    insurance_receivable = MoneyField(default=0)
    patient_receivable = MoneyField(default=0)

    class Meta:
        abstract = True


class ChargeBalance(Kept):
    """A charge line's legs, account by account. Without a row nothing was ever posted of it."""

    charge = models.OneToOneField(
        Charge, primary_key=True, on_delete=models.PROTECT, related_name="ledger_balance", db_constraint=False
    )
    revenue = MoneyField(null=True, help_text="Empty: it was never charged")
    contractual = MoneyField(default=0)
    other_adjustment = MoneyField(default=0)
    write_off = MoneyField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["charge"],
                include=["insurance_receivable", "patient_receivable"],
                condition=~(Q(insurance_receivable=0) & Q(patient_receivable=0)),
                name="charge_balance_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.charge_id} {self.insurance_receivable} {self.patient_receivable}"


class VisitBalance(Kept):
    """The receivables of all charges of a visit together."""

    encounter = models.OneToOneField(
        Encounter, primary_key=True, on_delete=models.PROTECT, related_name="ledger_balance", db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.encounter_id} {self.insurance_receivable} {self.patient_receivable}"


class RequestedWriteOff(PublicIdModel):
    """A write-off above what one person may give up alone: another person approves or refuses it. Each room has its own rows."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for approval"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Not approved"
        WITHDRAWN = "withdrawn", "No longer needed"

    amount = MoneyField(help_text="What was to be given up when it was asked, dollars")
    reason = models.CharField(max_length=20, choices=WriteOffReason)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=200, blank=True)
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reason} {self.amount}"

    @property
    def told(self) -> str:
        return WriteOffReason.told(self.reason, self.note)


class ClosedMonth(models.Model):
    """A month that takes no more entries: the database refuses them. It is never opened again; corrections go to the open month."""

    month = models.DateField(unique=True, help_text="Its first day")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
