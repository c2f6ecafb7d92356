"""A/R days: how many days of charges are still owed to the practice.

Open receivable from the service date on, charges not billed yet included, over the gross charges of an average day of the last 90.
Debit balances count; credits stand apart; what an agency collects is left out.
"""

from datetime import date
from decimal import Decimal

from django.db.models import (
    Avg,
    Case,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.claims.models import Claim
from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.balances import RECEIVABLES
from apps.patient_balances.models import Balance
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import Window, end_of, last_days

_CENTS = DecimalField(max_digits=14, decimal_places=2)


def measure(on: date) -> Figure:
    window = last_days(on)
    debits, owed_back = receivable(on)
    unbilled = _sum(unbilled_charges(on))
    gross = gross_charges(window)
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
            Part("With an agency, apart", with_agency(on), Kind.MONEY),
            Part(f"Gross charges of {window.days} days", gross, Kind.MONEY),
            Part("Visit to first payer payment, mean", _days_to_payment(window), Kind.DAYS),
        ),
    )


def receivable(on: date) -> tuple[Decimal, Decimal]:
    """What charges owe at the end of the day: (debit balances, credit balances), dollars, without the agency's."""
    posted = Leg.objects.filter(~_WITH_AGENCY, account__in=RECEIVABLES, entry__posted_on__lte=on).order_by()
    by_charge = posted.values("charge_id").annotate(total=Sum("amount")).exclude(total=ZERO)
    amounts = [Decimal(each["total"]) for each in by_charge.iterator()]
    return sum((each for each in amounts if each > 0), ZERO), sum((each for each in amounts if each < 0), ZERO)


# By the visit: a self-pay balance has no claim, and NOT IN over a list with a NULL in it is true of nothing.
_AGENCY_CHARGES = Charge.objects.filter(encounter__balances__stopped_reason=Balance.Stop.AGENCY).order_by().values("pk")
_WITH_AGENCY = Q(account=Account.PATIENT_RECEIVABLE, charge__in=_AGENCY_CHARGES)


def with_agency(on: date) -> Decimal:
    found = Leg.objects.filter(_WITH_AGENCY, entry__posted_on__lte=on).aggregate(total=Sum("amount", default=ZERO))
    return Decimal(found["total"])


def unbilled_charges(on: date) -> "QuerySet[Charge]":
    """Captured, with a service date that has come, and not in the ledger yet."""
    posted = Leg.objects.filter(charge=OuterRef("pk"), entry__posted_on__lte=on)
    captured = Charge.objects.filter(encounter__service_date__lte=on, encounter__arrived_at__lt=end_of(on))
    return captured.filter(~Exists(posted))


def gross_charges(window: Window) -> Decimal:
    """By service date: what the ledger holds as revenue (a void takes it away), and what is captured but not posted."""
    served = Q(charge__encounter__service_date__range=(window.first, window.last))
    posted = Leg.objects.filter(served, account=Account.REVENUE, entry__posted_on__lte=window.last)
    billed = Decimal(posted.aggregate(total=Sum("amount", default=ZERO))["total"])
    fresh = unbilled_charges(window.last).filter(encounter__service_date__gte=window.first)
    return _sum(fresh) - billed


def _sum(charges: "QuerySet[Charge]") -> Decimal:
    return Decimal(charges.aggregate(total=Sum("amount", default=ZERO))["total"])


def _days_to_payment(window: Window) -> Decimal | None:
    paid = Claim.objects.annotate(paid_on=Min("adjudications__remitted_on", filter=Q(adjudications__paid__gt=0)))
    waited = ExpressionWrapper(F("paid_on") - F("service_date"), output_field=DurationField())
    mean = paid.filter(paid_on__range=(window.first, window.last)).aggregate(mean=Avg(waited))["mean"]
    return None if mean is None else Decimal(mean.total_seconds() / 86400).quantize(Decimal("0.1"))


def rows(on: date) -> "QuerySet[Charge]":
    """Charges with something open at the end of the day, oldest visit first. Those above zero add up to the numerator."""
    posted = Leg.objects.filter(charge=OuterRef("pk"), entry__posted_on__lte=on).order_by()
    owed = posted.filter(~_WITH_AGENCY, account__in=RECEIVABLES).values("charge").annotate(total=Sum("amount"))
    unbilled = Case(When(pk__in=unbilled_charges(on).order_by().values("pk"), then=F("amount")), default=Value(ZERO))
    return (
        Charge.objects.annotate(
            open_amount=Case(
                When(Exists(posted), then=Coalesce(Subquery(owed.values("total")), Value(ZERO))),
                default=unbilled,
                output_field=_CENTS,
            )
        )
        .exclude(open_amount=ZERO)
        .select_related("encounter__patient")
        .prefetch_related(Prefetch("encounter__claims", Claim.objects.select_related("payer").order_by("payer_rank")))
        .order_by("encounter__service_date", "encounter", "number")
    )


def row(charge: Charge) -> Row:
    """Opens the last payer's claim, or the patient where the visit has none."""
    amount: Decimal = charge.open_amount  # type: ignore[attr-defined]  # annotated by rows
    visit = charge.encounter
    claim = next(reversed(visit.claims.all()), None)
    return Row(
        title=claim.control_number if claim else "No claim",
        url_name="workspace:claim" if claim else "workspace:patient",
        public_id=claim.public_id if claim else visit.patient.public_id,
        patient=visit.patient.full_name,
        day=visit.service_date,
        detail=f"{charge.procedure}, {claim.payer.name if claim else 'no payer'}",
        amount=amount,
        counts=amount > 0,
    )


METRIC = Metric(
    key="ar_days",
    title="A/R days",
    unit=Unit.DAYS,
    definition="Open receivable, charges not billed yet included, over the gross charges of an average day of the last 90 days.",
    counted="Charges with something open; an agency's are left out",
    measure=measure,
    rows=rows,
    row=row,
    target=Decimal(35),
    problem=Decimal(45),
    less_is_better=True,
)
