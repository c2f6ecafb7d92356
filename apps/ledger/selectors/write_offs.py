"""What was given up, by reason."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg, WriteOffReason
from apps.ledger.selectors.adjustments import first_written_off


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Write-offs and dollars of one reason; what was taken back since counts against it. No reason: posted before there were any."""

    reason: WriteOffReason | None
    write_offs: int
    amount: Decimal

    @property
    def label(self) -> str:
        return str(self.reason.label) if self.reason else "Without a reason"


def write_offs_by_reason(first: date, last: date) -> list[GivenUp]:
    """What write-offs come to on these days, both included, in the order of the reasons.

    A write-off, what took a part of it back and its rest are one, whose net amount counts; one that was taken back whole on these days
    gave up nothing. Of a write-off made before, what is taken back counts on the day on which it is: the days before stay as they were.
    """
    rows = (
        Leg.objects.filter(account=Account.WRITE_OFF, entry__posted_on__gte=first, entry__posted_on__lte=last)
        .values_list(
            "entry__reason", Coalesce("entry__reverses", "entry"), Coalesce("entry__reverses__key", "entry__key")
        )
        .annotate(Sum("amount"))
        .order_by()
    )
    nets: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for reason, entry_id, key, total in rows:
        nets[reason][first_written_off(entry_id, key)] += total
    found = {reason: [net for net in of_reason.values() if net] for reason, of_reason in nets.items()}
    return [
        GivenUp(WriteOffReason(reason) if reason else None, len(found[reason]), sum(found[reason], ZERO))
        for reason in (*WriteOffReason.values, "")
        if found.get(reason)
    ]
