"""Do the figures hold? Each money figure is added up a second way, from the ledger's own accounts (DOMAIN 7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from apps.core.money import ZERO
from apps.core.sentences import inside
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.balances import RECEIVABLES
from apps.reports.metrics import METRICS, ar_days, net_collection, open_added_up
from apps.reports.models import MetricSnapshot


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared, dollars or counts; equal is sound."""

    what: str
    figure: Decimal
    ledger: Decimal

    @property
    def sound(self) -> bool:
        return self.figure == self.ledger


def checks(on: date) -> list[Check]:
    return [_receivable(on), _collected(on), *_open(on), *_snapshots(on)]


def _posted(on: date, *accounts: Account) -> Decimal:
    legs = Leg.objects.filter(account__in=accounts, entry__posted_on__lte=on)
    return Decimal(legs.aggregate(total=Sum("amount", default=ZERO))["total"])


def _receivable(on: date) -> Check:
    """The figure's debits, credits and agency's part are together what both receivable accounts hold."""
    books = ar_days.source(on)
    debits, owed_back = books.receivable(on)
    return Check("Open receivable", debits + owed_back + books.with_agency(on), _posted(on, *RECEIVABLES))


def _open(on: date) -> list[Check]:
    """A/R days from the balances that are kept, part by part what they are from every leg; and the number of rows behind them."""
    kept, added_up = ar_days.measure(on), ar_days.measure(on, open_added_up)
    numbers = Decimal(ar_days.count(on)), Decimal(open_added_up.count(on))
    return [
        *(
            Check(f"A/R days, {inside(one.label)}", one.value or ZERO, other.value or ZERO)
            for one, other in zip(kept.parts, added_up.parts, strict=True)
        ),
        Check("A/R days, charges with something open", *numbers),
    ]


def _collected(on: date) -> Check:
    """The cohort's charges are its payments, adjustments and what is still open; added up account by account."""
    found = net_collection.measure(on)
    parts = {part.label: part.value or ZERO for part in found.parts}
    served = Q(charge__encounter__service_date__range=net_collection.cohort(on), entry__posted_on__lte=on)
    others = Leg.objects.filter(served, account=Account.OTHER_ADJUSTMENT).aggregate(total=Sum("amount", default=ZERO))
    explained = (
        parts["Payments, less refunds"]
        + parts["Contractual adjustments"]
        + parts["Written off"]
        + parts["Still open"]
        + Decimal(others["total"])
    )
    return Check("Charges of settled visits", explained, parts["Charges"])


def _snapshots(on: date) -> list[Check]:
    """Today's snapshot is what its numerator and denominator give."""
    kept = MetricSnapshot.objects.filter(day=on, metric__in=[metric.key for metric in METRICS])
    return [
        Check(f"Snapshot of {row.metric}", row.value, (row.numerator / row.denominator).quantize(Decimal("0.0001")))
        for row in kept
        if row.value is not None and row.numerator is not None and row.denominator
    ]
