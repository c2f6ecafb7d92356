"""Whose the money of a visit is."""

from decimal import Decimal

from django.db.models import Q, Sum

from apps.claims.models import Claim
from apps.claims.states import IN_FLIGHT, ClaimStatus
from apps.denials.models import UNDECIDED, Denial
from apps.ledger.models import Account, Leg
from apps.ledger.selectors import RECEIVABLES
from apps.patient_balances.models import LIVE, Balance, MoneyReview
from apps.worklist.models import WorkItem

State = Balance.State
OURS_TO_SEND = {ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.REJECTED}
AT_A_PAYER = {*IN_FLIGHT, *OURS_TO_SEND, ClaimStatus.FORWARDED}


def without_owner() -> list[str]:
    """Visits with money in a receivable that nobody looks after."""
    money = (
        Leg.objects.filter(account__in=RECEIVABLES, charge__isnull=False)
        .values("charge__encounter")
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=Decimal(0)),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=Decimal(0)),
        )
    )
    return [
        f"{row['charge__encounter']}: {row['insurance']} {row['patient']}"
        for row in money.order_by("charge__encounter")
        if (row["insurance"] or row["patient"]) and not _has_owner(row["charge__encounter"], row["insurance"])
    ]


def _has_owner(visit: int, insurance: Decimal) -> bool:
    open_task = Q(work_item__state=WorkItem.State.OPEN)
    if Balance.objects.filter(Q(state__in=LIVE) | (Q(state=State.CREDIT) & open_task), encounter=visit).exists():
        return True
    if MoneyReview.objects.filter(open_task, claim__encounter=visit, settled_at=None).exists():
        return True
    claims = Claim.objects.filter(encounter=visit)
    if claims.filter(status__in=AT_A_PAYER).exists():
        return True
    # A state says that something was refused once, or taken back; only an undecided denial says that somebody sees to it.
    refused = Denial.objects.filter(claim__in=claims, state__in=UNDECIDED).exists()
    return insurance > 0 and (refused or claims.filter(status=ClaimStatus.REVERSED).exists())
