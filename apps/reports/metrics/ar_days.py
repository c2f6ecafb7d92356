"""A/R days: how many days of charges are still owed to the practice.

Open receivable from the service date on, charges not billed yet included, over the gross charges of an average day of the last 90.
Debit balances count; credits stand apart; what an agency collects is left out.
"""

from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Sum

from apps.claims.models import Adjudication
from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.reports.metrics import open_added_up, open_kept
from apps.reports.metrics.claim_rows import claims_of_visits, last_claim, visit_row
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import Window, last_days


class Source(Protocol):
    """Where what is open is read: two modules that say the same of a day after which nothing was posted."""

    def receivable(self, on: date, /) -> tuple[Decimal, Decimal]:
        """What charges owe at the end of the day: (debit balances, credit balances), dollars, without the agency's."""

    def with_agency(self, on: date, /) -> Decimal: ...

    def unbilled_charges(self, on: date, /) -> "QuerySet[Charge]":
        """Captured, with a service date that has come, and not in the ledger yet: a charge enters it as revenue."""

    def revenue(self, window: Window, /) -> Decimal:
        """Of visits within the window, negative as the ledger has it; a void takes it away."""

    def rows(self, on: date, /) -> "QuerySet[Charge]":
        """With `open_amount`; in no order."""

    def count(self, on: date, /) -> int:
        """How many `rows` there are."""


def source(on: date) -> Source:
    return open_kept if open_kept.stands_at(on) else open_added_up


def measure(on: date, books: Source | None = None) -> Figure:
    """`books`: to be read, whatever stands at that day."""
    books = books or source(on)
    window = last_days(on)
    debits, owed_back = books.receivable(on)
    unbilled, fresh = _unbilled(books, window)
    gross = fresh - books.revenue(window)
    daily = gross / window.days if window.days else ZERO
    return Figure(
        on=on,
        numerator=debits + unbilled,
        denominator=daily,
        note=window.note,
        parts=(
            Part("Open receivable", debits, Kind.MONEY),
            Part("Not billed yet", unbilled, Kind.MONEY),
            Part("Credits, apart", owed_back, Kind.MONEY),
            Part("With an agency, apart", books.with_agency(on), Kind.MONEY),
            Part(f"Gross charges of {window.days} days", gross, Kind.MONEY),
            Part("Visit to first payer payment, mean", _days_to_payment(window), Kind.DAYS),
        ),
    )


def _unbilled(books: Source, window: Window) -> tuple[Decimal, Decimal]:
    """At the window's end, dollars: (all, those of visits within the window)."""
    served = Q(encounter__service_date__gte=window.first)
    found = books.unbilled_charges(window.last).aggregate(
        total=Sum("amount", default=ZERO), fresh=Sum("amount", filter=served, default=ZERO)
    )
    return Decimal(found["total"]), Decimal(found["fresh"])


def _days_to_payment(window: Window) -> Decimal | None:
    """Over visits whose first payment came within the window, whichever payer sent it."""
    by_visit = Adjudication.objects.filter(paid__gt=0).order_by().values("claim__encounter")
    payments = by_visit.annotate(paid_on=Min("remitted_on"), served_on=Min("claim__service_date"))
    first = payments.filter(paid_on__range=(window.first, window.last))
    waited = ExpressionWrapper(F("paid_on") - F("served_on"), output_field=DurationField())
    mean = first.annotate(waited=waited).aggregate(mean=Avg("waited"))["mean"]
    return None if mean is None else Decimal(mean.total_seconds() / 86400).quantize(Decimal("0.1"))


def rows(on: date) -> "QuerySet[Charge]":
    """Charges with something open at the end of the day, oldest visit first. Those above zero add up to the numerator."""
    found = (
        source(on).rows(on).select_related("encounter__patient").prefetch_related(claims_of_visits("encounter__claims"))
    )
    return found.order_by("encounter__service_date", "encounter", "number")


def count(on: date) -> int:
    return source(on).count(on)


def row(charge: Charge) -> Row:
    visit, amount = charge.encounter, charge.open_amount  # type: ignore[attr-defined]  # annotated by rows
    claim = last_claim(visit)
    detail = f"{charge.procedure}, {claim.payer.name if claim else 'no payer'}"
    return visit_row(visit, detail=detail, amount=amount, without_claim="No claim")


METRIC = Metric(
    key="ar_days",
    title="A/R days",
    unit=Unit.DAYS,
    definition="Open receivable, charges not billed yet included, over the gross charges of an average day of the last 90 days.",
    counted="Charges with something open; an agency's are left out",
    measure=measure,
    rows=rows,
    row=row,
    count=count,
    target=Decimal(35),
    problem=Decimal(45),
    less_is_better=True,
)
