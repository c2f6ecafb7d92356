"""Patient balances collected within 30 days of their first notice, in dollars, over balances whose 30 days are over.

Balances that a payer's reversal took away later are left out, and those with a payment plan stand apart. A payment counts up to the
balance that it was for.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least

from apps.core.money import ZERO
from apps.patient_balances.models import Balance, PatientPayment
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import Window, last_days

THIRTY = timedelta(days=30)
_PLAN = Q(stopped_reason=Balance.Stop.PLAN)


def _window(on: date) -> Window:
    """First notices of the 90 days that ended 30 days ago."""
    return last_days(on - THIRTY)


def noticed(on: date) -> "QuerySet[Balance]":
    window = _window(on)
    in_time = PatientPayment.objects.filter(
        balance=OuterRef("pk"), state=PatientPayment.State.PAID, paid_at__lte=OuterRef("first_notice_at") + THIRTY
    )
    paid = in_time.order_by().values("balance").annotate(total=Sum("amount")).values("total")
    return (
        Balance.objects.filter(first_notice_at__gte=window.start, first_notice_at__lt=window.end)
        .exclude(state=Balance.State.WITHDRAWN)
        .annotate(collected=Least(Coalesce(Subquery(paid), ZERO, output_field=DecimalField()), F("opened_amount")))
    )


def measure(on: date) -> Figure:
    found = noticed(on).aggregate(
        owed=Sum("opened_amount", filter=~_PLAN, default=ZERO),
        paid=Sum("collected", filter=~_PLAN, default=ZERO),
        planned=Sum("opened_amount", filter=_PLAN, default=ZERO),
    )
    return Figure(
        on=on,
        numerator=Decimal(found["paid"]),
        denominator=Decimal(found["owed"]),
        note=_note(on),
        parts=(
            Part("Owed at first notice", Decimal(found["owed"]), Kind.MONEY),
            Part("Paid within 30 days", Decimal(found["paid"]), Kind.MONEY),
            Part("On a plan, apart", Decimal(found["planned"]), Kind.MONEY),
        ),
    )


def _note(on: date) -> str:
    """Before the first 30 days are over there is nothing to say; then say when there will be."""
    if noticed(on).exists():
        return _window(on).note
    first = Balance.objects.exclude(first_notice_at=None).order_by("first_notice_at").first()
    if first is None or first.first_notice_at is None:
        return "No balance has been noticed yet."
    from_day = first.first_notice_at.date() + THIRTY
    return f"From {from_day:%b} {from_day.day}, when the first notices are 30 days old."


def rows(on: date) -> "QuerySet[Balance]":
    return noticed(on).filter(~_PLAN).select_related("patient", "claim", "encounter").order_by("-first_notice_at", "pk")


def row(balance: Balance) -> Row:
    collected: Decimal = balance.collected  # type: ignore[attr-defined]  # annotated by noticed
    whole = collected >= balance.opened_amount
    return Row(
        title=balance.claim.control_number if balance.claim else "Self-pay visit",
        url_name="balances:detail",
        public_id=balance.public_id,
        patient=balance.patient.full_name,
        day=balance.encounter.service_date,
        detail="Paid in 30 days" if whole else "Paid in part" if collected else "Not paid in 30 days",
        amount=balance.opened_amount,
        counts=collected > ZERO,
    )


METRIC = Metric(
    key="patient_collection",
    title="Patient balances, 30 days",
    unit=Unit.SHARE,
    definition="Dollars paid within 30 days of the first notice, of what patients owed at their first notice.",
    counted="Balances whose first notice is at least 30 days old",
    measure=measure,
    rows=rows,
    row=row,
    target=Decimal("0.60"),
    problem=Decimal("0.45"),
)
