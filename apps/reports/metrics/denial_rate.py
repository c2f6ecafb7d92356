"""Denial rate: claims with a line denied on their first remittance, of the claims first adjudicated. A claim counts once."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from apps.claims.models import Adjudication, Claim
from apps.core.money import ZERO
from apps.reports.metrics.claim_rows import claim_row, first_claims
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import last_days

_DENIED = Q(denied_on_first_remittance=True)


def _adjudicated(on: date) -> "QuerySet[Claim]":
    window = last_days(on)
    first = Adjudication.objects.filter(claim=OuterRef("pk"), recorded_at=OuterRef("first_adjudicated_at"))
    claims = first_claims().filter(first_adjudicated_at__gte=window.start, first_adjudicated_at__lt=window.end)
    # Beside lines that look paid the claim may be refused as a whole, without a charge of its own.
    as_a_whole = Exists(first.filter(line=None, is_denied=True))
    return claims.annotate(some_allowed=Exists(first.filter(is_denied=False, charge__gt=0)) & ~as_a_whole)


def measure(on: date) -> Figure:
    found = _adjudicated(on).aggregate(
        claims=Count("pk"),
        denied=Count("pk", filter=_DENIED),
        partly=Count("pk", filter=_DENIED & Q(some_allowed=True)),
        charges=Sum("total", default=ZERO),
        denied_charges=Sum("total", filter=_DENIED, default=ZERO),
    )
    charges = Decimal(found["charges"])
    return Figure(
        on=on,
        numerator=Decimal(found["denied"]),
        denominator=Decimal(found["claims"]),
        note=last_days(on).note,
        parts=(
            Part("Denied in full", Decimal(found["denied"] - found["partly"]), Kind.COUNT),
            Part("Denied in part", Decimal(found["partly"]), Kind.COUNT),
            Part("By charges", Decimal(found["denied_charges"]) / charges if charges else None, Kind.SHARE),
        ),
    )


def rows(on: date) -> "QuerySet[Claim]":
    return (
        _adjudicated(on)
        .select_related("patient")
        .order_by(F("denied_on_first_remittance").desc(nulls_last=True), "-first_adjudicated_at", "pk")
    )


def row(claim: Claim) -> Row:
    denied = bool(claim.denied_on_first_remittance)
    partly = denied and claim.some_allowed  # type: ignore[attr-defined]  # annotated by rows
    return claim_row(claim, detail="Denied in part" if partly else "Denied" if denied else "Paid", counts=denied)


METRIC = Metric(
    key="denial_rate",
    title="Denial rate",
    unit=Unit.SHARE,
    definition="Claims with a line denied on their first remittance, of the claims first adjudicated in the last 90 days.",
    counted="Claims first adjudicated in these days",
    measure=measure,
    rows=rows,
    row=row,
    target=Decimal("0.05"),
    problem=Decimal("0.08"),
    less_is_better=True,
)
