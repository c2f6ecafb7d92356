"""What `open_balances` has to look at.

`claims_due` finds every answered claim that is not at its end, whether or not something changed; the others only what is due.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.intake.models import Encounter
from apps.ledger.models import Account, Leg
from apps.ledger.selectors import RECEIVABLES, receivable_now
from apps.patient_balances.models import LIVE, Balance, MoneyReview
from apps.patient_balances.selectors.owed import owed_now

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# A payer has answered, and the claim is not at its end.
_ANSWERED = (
    ClaimStatus.PAID,
    ClaimStatus.PARTLY_DENIED,
    ClaimStatus.DENIED,
    ClaimStatus.FORWARDED,
    ClaimStatus.IN_APPEAL,
    ClaimStatus.REVERSED,
    ClaimStatus.PATIENT_BALANCE,
)
# Of these, whatever is the patient's and no payer's any more has a balance or is nothing.
_SETTLED = (ClaimStatus.PAID, ClaimStatus.PARTLY_DENIED, ClaimStatus.DENIED, ClaimStatus.REVERSED)


def claims_due(after: int) -> "QuerySet[Claim]":
    """Beyond the key `after`, locked; a claim that another worker holds is left to it."""
    claims = Claim.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        Q(status__in=_ANSWERED) | _voided_with_money(), pk__gt=after
    )
    return claims.select_related("payer", "coverage").order_by("pk")


def _voided_with_money() -> Q:
    """Money that nobody looks after: no review is open, and no other claim of the visit accounts for it."""
    legs = Leg.objects.filter(charge__claim_lines__claim=OuterRef("pk"), account__in=RECEIVABLES)
    standing = legs.order_by().values("account").annotate(total=Sum("amount")).exclude(total=ZERO)
    reviewed = MoneyReview.objects.filter(claim=OuterRef("pk"), settled_at=None)
    others = Claim.objects.filter(encounter=OuterRef("encounter")).exclude(status=ClaimStatus.VOIDED)
    return Q(~Exists(reviewed), ~Exists(others), Exists(standing), status=ClaimStatus.VOIDED)


def moved_balances() -> "QuerySet[WithAnnotations[Balance]]":
    """Credits that are none any more or of which their task, open or closed, says another amount, and self-pay balances with nothing left:
    no claim leads to them.
    """
    credit_gone = Q(state=Balance.State.CREDIT, owed__gte=ZERO)
    other_credit = Q(state=Balance.State.CREDIT) & ~Q(owed=-F("work_item__amount_at_stake"))
    self_pay_paid = Q(claim=None, state__in=LIVE, owed__lte=ZERO)
    return Balance.objects.annotate(owed=owed_now()).filter(credit_gone | other_credit | self_pay_paid)


def small_self_pay(minimum: Decimal) -> "QuerySet[WithAnnotations[Balance]]":
    """Self-pay balances that still owe something, but less than the practice asks for, and that nobody stopped."""
    asked = Balance.objects.filter(claim=None, state__in=(Balance.State.OPEN, Balance.State.SEQUENCE_DONE))
    return asked.annotate(owed=owed_now()).filter(owed__gt=ZERO, owed__lt=minimum)


def unopened_claims() -> "QuerySet[WithAnnotations[Claim]]":
    """Every payer has paid its part, the patient's stands, and no balance says so: a posting that nobody followed."""
    later = Claim.objects.filter(encounter=OuterRef("encounter"), payer_rank__gt=OuterRef("payer_rank")).exclude(
        status=ClaimStatus.VOIDED
    )
    claims = Claim.objects.filter(~Exists(later), status__in=_SETTLED, balance=None)
    return claims.annotate(insurance=receivable_now(Account.INSURANCE_RECEIVABLE), patients=receivable_now()).filter(
        insurance=ZERO, patients__gt=ZERO
    )


def billed_anyway() -> "QuerySet[Claim]":
    """Claims of which a person decided that the patient is asked although there is another plan."""
    return Claim.objects.filter(balance__bill_anyway=True)


def self_pay_visits() -> "QuerySet[Encounter]":
    """Billed to the patient from the start, without a balance, and with money in the patient's receivable."""
    legs = Leg.objects.filter(charge__encounter=OuterRef("pk"), account=Account.PATIENT_RECEIVABLE)
    standing = legs.order_by().values("account").annotate(total=Sum("amount")).exclude(total=ZERO)
    balances = Balance.objects.filter(encounter=OuterRef("pk"))
    return Encounter.objects.filter(~Exists(balances), Exists(standing), coverage=None, billed_at__isnull=False)
