"""Clean claims: passed every edit at their first scrub, before anybody touched them, of all claims scrubbed."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from apps.claims.models import Claim
from apps.reports.metrics.claim_rows import claim_row, first_claims
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import last_days


def _scrubbed(on: date) -> "QuerySet[Claim]":
    window = last_days(on)
    return first_claims().filter(built_at__gte=window.start, built_at__lt=window.end).exclude(passed_untouched=None)


def measure(on: date) -> Figure:
    found = _scrubbed(on).aggregate(claims=Count("pk"), clean=Count("pk", filter=Q(passed_untouched=True)))
    return Figure(
        on=on,
        numerator=Decimal(found["clean"]),
        denominator=Decimal(found["claims"]),
        note=last_days(on).note,
        parts=(
            Part("Clean", Decimal(found["clean"]), Kind.COUNT),
            Part("Held or touched", Decimal(found["claims"] - found["clean"]), Kind.COUNT),
        ),
    )


def rows(on: date) -> "QuerySet[Claim]":
    return _scrubbed(on).select_related("patient").order_by("passed_untouched", "-built_at", "pk")


def row(claim: Claim) -> Row:
    clean = bool(claim.passed_untouched)
    return claim_row(claim, detail="Clean" if clean else "Held or touched", counts=clean)


METRIC = Metric(
    key="clean_claims",
    title="Clean claims",
    unit=Unit.SHARE,
    definition="Claims that passed every edit at their first scrub, before anybody touched them, of those built in the last 90 days.",
    counted="Claims built and scrubbed in these days",
    measure=measure,
    rows=rows,
    row=row,
)
