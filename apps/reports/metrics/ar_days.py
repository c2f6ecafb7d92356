"""A/R days: how many days of charges are still owed to the practice.

Open receivable from the service date on, charges not billed yet included, over the gross charges of an average day of the last 90.
Debit balances count; credits stand apart; what an agency collects is left out.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
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
)
from django.db.models.functions import Coalesce

from apps.claims.models import Adjudication, Claim
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
    unbilled, fresh = _unbilled(window)
    gross = fresh - _revenue(window)
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
    found = _by_charge(on).aggregate(
        debits=Sum("owed", filter=Q(owed__gt=ZERO), default=ZERO),
        credits=Sum("owed", filter=Q(owed__lt=ZERO), default=ZERO),
    )
    return Decimal(found["debits"]), Decimal(found["credits"])


def _by_charge(on: date) -> "QuerySet[Any, Any]":
    posted = Leg.objects.filter(~_WITH_AGENCY, account__in=RECEIVABLES, entry__posted_on__lte=on).order_by()
    return posted.values("charge_id").annotate(owed=Sum("amount"))


# By the visit: a self-pay balance has no claim, and NOT IN over a list with a NULL in it is true of nothing.
_AGENCY_CHARGES = Charge.objects.filter(encounter__balances__stopped_reason=Balance.Stop.AGENCY).order_by().values("pk")
_WITH_AGENCY = Q(account=Account.PATIENT_RECEIVABLE, charge__in=_AGENCY_CHARGES)


def with_agency(on: date) -> Decimal:
    found = Leg.objects.filter(_WITH_AGENCY, entry__posted_on__lte=on).aggregate(total=Sum("amount", default=ZERO))
    return Decimal(found["total"])


def unbilled_charges(on: date) -> "QuerySet[Charge]":
    """Captured, with a service date that has come, and not in the ledger yet: a charge enters it as revenue."""
    billed = Leg.objects.filter(charge=OuterRef("pk"), account=Account.REVENUE, entry__posted_on__lte=on)
    captured = Charge.objects.filter(encounter__service_date__lte=on, encounter__arrived_at__lt=end_of(on))
    return captured.filter(~Exists(billed))


def _unbilled(window: Window) -> tuple[Decimal, Decimal]:
    """At the window's end, dollars: (all, those of visits within the window)."""
    served = Q(encounter__service_date__gte=window.first)
    found = unbilled_charges(window.last).aggregate(
        total=Sum("amount", default=ZERO), fresh=Sum("amount", filter=served, default=ZERO)
    )
    return Decimal(found["total"]), Decimal(found["fresh"])


def _revenue(window: Window) -> Decimal:
    """Of visits within the window, negative as the ledger has it; a void takes it away."""
    served = Q(charge__encounter__service_date__range=(window.first, window.last))
    posted = Leg.objects.filter(served, account=Account.REVENUE, entry__posted_on__lte=window.last)
    return Decimal(posted.aggregate(total=Sum("amount", default=ZERO))["total"])


def _days_to_payment(window: Window) -> Decimal | None:
    """Over claims whose first payment came within the window."""
    payments = Adjudication.objects.filter(paid__gt=0).order_by().values("claim").annotate(paid_on=Min("remitted_on"))
    first = payments.filter(paid_on__range=(window.first, window.last))
    waited = ExpressionWrapper(F("paid_on") - F("claim__service_date"), output_field=DurationField())
    mean = first.annotate(waited=waited).aggregate(mean=Avg("waited"))["mean"]
    return None if mean is None else Decimal(mean.total_seconds() / 86400).quantize(Decimal("0.1"))


def rows(on: date) -> "QuerySet[Charge]":
    """Charges with something open at the end of the day, oldest visit first. Those above zero add up to the numerator."""
    owed = _by_charge(on)
    billed = owed.filter(charge=OuterRef("pk")).values("owed")
    is_open = Q(pk__in=owed.exclude(owed=ZERO).values("charge_id"))
    is_unbilled = Q(pk__in=unbilled_charges(on).exclude(amount=ZERO).order_by().values("pk"))
    return (
        Charge.objects.filter(is_open | is_unbilled)
        .annotate(open_amount=Coalesce(Subquery(billed), F("amount"), output_field=_CENTS))
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
