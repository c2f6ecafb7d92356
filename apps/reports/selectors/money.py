"""Where the open money is, by age, and what the denials of the last 90 days cost."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from apps.core.money import ZERO
from apps.denials.models import Denial
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.balances import RECEIVABLES
from apps.reports.metrics.windows import last_days

# Days since the date of service: (label, from, to); the last has no end.
BUCKETS = (
    ("0 to 30", 0, 30),
    ("31 to 60", 31, 60),
    ("61 to 90", 61, 90),
    ("91 to 120", 91, 120),
    ("Over 120", 121, None),
)
MOST_CODES = 8


@dataclass(frozen=True, slots=True)
class Age:
    """Open receivable of one age, dollars. `first` and `last` are the dates of service that belong to it."""

    label: str
    payers: Decimal
    patients: Decimal
    first: date | None
    last: date

    @property
    def total(self) -> Decimal:
        return self.payers + self.patients


def aging(today: date) -> list[Age]:
    """By date of service, from the ledger; the rows together are what both receivable accounts hold."""
    rows = (
        Leg.objects.filter(account__in=RECEIVABLES, charge__isnull=False)
        .order_by()
        .values_list("charge__encounter__service_date", "account")
        .annotate(total=Sum("amount"))
        .exclude(total=ZERO)
    )
    open_by_day = list(rows)
    ages = []
    for label, youngest, oldest in BUCKETS:
        last = today - timedelta(days=youngest) if youngest else date.max
        first = today - timedelta(days=oldest) if oldest is not None else date.min
        inside = [(account, total) for day, account, total in open_by_day if first <= day <= last]
        payers = sum((total for account, total in inside if account == Account.INSURANCE_RECEIVABLE), ZERO)
        patients = sum((total for account, total in inside if account == Account.PATIENT_RECEIVABLE), ZERO)
        shown_first = first if oldest is not None else None
        ages.append(Age(label, payers, patients, shown_first, min(last, today)))
    return ages


@dataclass(frozen=True, slots=True)
class CodeCount:
    group: str
    carc: str
    number: int
    amount: Decimal


def denials_by_code(today: date) -> list[CodeCount]:
    """Of the last 90 days, the costliest first."""
    received = Denial.objects.filter(received_at__gte=last_days(today).start)
    rows = received.order_by().values_list("group", "carc").annotate(number=Count("pk"), amount=Sum("amount"))
    return [CodeCount(*row) for row in rows.order_by("-amount", "carc")[:MOST_CODES]]
