from django.db import models

from apps.claims.models import Claim
from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.intake.models import Encounter, Patient
from apps.ledger.models import VisitBalance
from apps.worklist.models import WorkItem


class Balance(PublicIdModel):
    """What a patient owes for one visit once no payer is left, or from the start without insurance.

    The amount owed now is the ledger's; `opened_amount` is history.
    """

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        SEQUENCE_DONE = "sequence_done"  # day 21 passed unpaid: for review
        STOPPED = "stopped"  # dispute, plan, other insurance: a person decides
        WITHDRAWN = "withdrawn"  # a reversal took it away
        WRITTEN_OFF = "written_off"  # a person gave it up, or it was below the practice's minimum
        CREDIT = "credit"  # paid more than owed: to refund, never dunned

    class Stop(models.TextChoices):
        """Why nothing is sent. The first three may come from the patient's page."""

        DISPUTE = "dispute", "Patient disputes it"
        PLAN = "plan", "Payment plan asked for"
        INSURANCE = "insurance", "Patient has other insurance"
        HOLD = "hold", "Held by the practice"
        PROTECTED = "protected", "Medicaid or QMB: may not be billed"
        OTHER_COVERAGE = "other_coverage", "Another plan has not been billed"
        WITH_PAYER = "with_payer", "Back with the payer"
        BANKRUPTCY = "bankruptcy", "Bankruptcy"
        DECEASED = "deceased", "Patient has died"
        AGENCY = "agency", "With a collection agency"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="balances")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="balances")
    claim = models.OneToOneField(
        Claim, null=True, on_delete=models.PROTECT, related_name="balance", help_text="Empty: a self-pay visit"
    )
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    opened_amount = MoneyField()
    opened_at = models.DateTimeField()
    first_notice_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.CharField(max_length=60, choices=Stop, blank=True)
    bill_anyway = models.BooleanField(
        default=False, help_text="A person decided so although another plan was not billed"
    )
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    # The same key as `encounter`: what is owed is read without the visits between, which made of every sum of the board twice the work.
    ledger_balance = models.ForeignObject(
        VisitBalance, models.DO_NOTHING, ["encounter"], ["encounter"], null=True, editable=False, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["state", "opened_at"]),
            models.Index(fields=["patient"]),
            # The board as it opens: whatever the state, the oldest first.
            models.Index(
                fields=["opened_at", "id"],
                condition=models.Q(state__in=("open", "sequence_done", "stopped")),
                name="balance_live_oldest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["encounter"], condition=models.Q(claim=None), name="self_pay_balance_once")
        ]

    def __str__(self) -> str:
        return self.public_id


# What still asks something of the patient or of us.
LIVE = (Balance.State.OPEN, Balance.State.SEQUENCE_DONE, Balance.State.STOPPED)
# Money that must not be taken, even where a patient offers it.
NOT_THE_PATIENTS = (Balance.Stop.PROTECTED, Balance.Stop.OTHER_COVERAGE, Balance.Stop.WITH_PAYER)


class PatientRequest(PublicIdModel):
    """What a patient asked for on the page behind the link: a look at the bill, a plan, another insurance to be billed."""

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=60, choices=Balance.Stop)
    text = models.TextField(blank=True, help_text="In the patient's own words")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class MoneyReview(PublicIdModel):
    """Money on a claim that neither its payer nor its patient will settle by itself. A claim has one, opened again as needed."""

    class Reason(models.TextChoices):
        PAYER_CREDIT = "payer_credit", "The payer has paid more than it owed"
        UNANSWERED = "unanswered", "The payer left a part without a word"
        VOIDED = "voided", "The claim was voided with money on it"

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="money_review")
    reason = models.CharField(max_length=12, choices=Reason)
    opened_at = models.DateTimeField()
    identified_on = models.DateField(null=True, blank=True, help_text="Of a payer's credit: when it was found")
    due_on = models.DateField(null=True, blank=True, help_text="Of a payer's credit: by when it must be paid back")
    alerted = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days before the due day of the last alert; empty: none yet"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="What the person who settled it did")
    work_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    alert_item = models.OneToOneField(
        WorkItem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="That an administrator looks after a refund that is nearly late",
    )

    def __str__(self) -> str:
        return self.reason
