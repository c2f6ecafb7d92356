"""Net collection: what came in, of what contracts allow, over visits that are old enough to be settled.

(payments of payers and patients - refunds) / (charges - contractual adjustments), for service dates of the twelve months that ended 120
days ago. Bad debt and avoidable write-offs are not subtracted: they are what the figure is there to show.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from apps.core.money import ZERO
from apps.intake.models import Encounter
from apps.ledger.models import Account, Leg
from apps.reports.metrics.claim_rows import claims_of_visits, visit_row
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import history_start

SETTLED_AFTER = timedelta(days=120)
YEAR = timedelta(days=365)
# Of an entry that touches a charge, all but the cash carries the charge; so what these legs lack to zero is the cash that came for it.
_NOT_CASH = (
    Account.REVENUE,
    Account.INSURANCE_RECEIVABLE,
    Account.PATIENT_RECEIVABLE,
    Account.CONTRACTUAL,
    Account.OTHER_ADJUSTMENT,
    Account.WRITE_OFF,
)


def cohort(on: date) -> tuple[date, date]:
    last = on - SETTLED_AFTER
    return last - YEAR + timedelta(days=1), last


def _legs(on: date) -> "QuerySet[Leg]":
    served = Leg.objects.filter(charge__encounter__service_date__range=cohort(on))
    return served.filter(account__in=_NOT_CASH, entry__posted_on__lte=on)


def measure(on: date) -> Figure:
    found = _legs(on).aggregate(
        rest=Sum("amount", default=ZERO),
        revenue=Sum("amount", filter=Q(account=Account.REVENUE), default=ZERO),
        contractual=Sum("amount", filter=Q(account=Account.CONTRACTUAL), default=ZERO),
        written_off=Sum("amount", filter=Q(account=Account.WRITE_OFF), default=ZERO),
        still_open=Sum(
            "amount", filter=Q(account__in=(Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE)), default=ZERO
        ),
    )
    charges = -Decimal(found["revenue"])
    return Figure(
        on=on,
        numerator=-Decimal(found["rest"]),
        denominator=charges - found["contractual"],
        note=_note(on),
        parts=(
            Part("Charges", charges, Kind.MONEY),
            Part("Contractual adjustments", found["contractual"], Kind.MONEY),
            Part("Payments, less refunds", -Decimal(found["rest"]), Kind.MONEY),
            Part("Written off", found["written_off"], Kind.MONEY),
            Part("Still open", found["still_open"], Kind.MONEY),
        ),
    )


def _note(on: date) -> str:
    first, last = cohort(on)
    began = history_start()
    if began is None or began > last:
        return "No visit is 120 days old yet."
    return f"Visits of {max(first, began):%b %Y} to {last:%b %Y}."


def rows(on: date) -> "QuerySet[Encounter]":
    """Visits of which anything was posted, self-pay ones among them; their `rest` adds up to the numerator, turned about."""
    of_visit = _legs(on).filter(charge__encounter=OuterRef("pk")).order_by().values("charge__encounter")
    served = Encounter.objects.filter(service_date__range=cohort(on), ledger_balance__isnull=False)
    found = served.annotate(rest=Subquery(of_visit.annotate(total=Sum("amount")).values("total")))
    return found.select_related("patient").prefetch_related(claims_of_visits("claims")).order_by("-service_date", "pk")


def row(visit: Encounter) -> Row:
    collected = -(visit.rest or ZERO)  # type: ignore[attr-defined]  # annotated by rows
    detail = "Collected" if collected else "Nothing collected"
    return visit_row(visit, detail=detail, amount=collected, without_claim="Self-pay visit")


METRIC = Metric(
    key="net_collection",
    title="Net collection",
    unit=Unit.SHARE,
    definition="Payments less refunds, over charges less contractual adjustments, for visits of the year that ended 120 days ago.",
    counted="These visits, with what was collected",
    measure=measure,
    rows=rows,
    row=row,
    target=Decimal("0.95"),
    problem=Decimal("0.92"),
)
