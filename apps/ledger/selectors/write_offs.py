"""What was given up, by reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg, WriteOffReason


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Entries and dollars of one reason; what was taken back since counts against it. No reason: posted before there were any."""

    reason: WriteOffReason | None
    entries: int
    amount: Decimal

    @property
    def label(self) -> str:
        return str(self.reason.label) if self.reason else "Without a reason"


def write_offs_by_reason(first: date, last: date) -> list[GivenUp]:
    """Write-offs posted on these days, both included, in the order of the reasons."""
    rows = (
        Leg.objects.filter(account=Account.WRITE_OFF, entry__posted_on__gte=first, entry__posted_on__lte=last)
        .values_list("entry__reason")
        .annotate(Count("entry", distinct=True), Sum("amount", default=ZERO))
        .order_by()
    )
    found = {
        reason: GivenUp(WriteOffReason(reason) if reason else None, number, amount) for reason, number, amount in rows
    }
    return [found[reason] for reason in (*WriteOffReason.values, "") if reason in found]
