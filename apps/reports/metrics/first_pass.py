"""First-pass acceptance: first submissions accepted at every hop, of those that were answered.

A TA1, 999 or 277CA rejection fails its claims. Those without an answer yet stand apart. A payer that sends no 277CA accepts by paying or
denying. A rejection that came only after a payer had answered is of a later version, and no part of this.
"""

from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, F, Q, QuerySet, When

from apps.claims.models import Claim
from apps.reports.metrics.claim_rows import claim_row, first_claims
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Unit
from apps.reports.metrics.windows import end_of, last_days


def _rejected(on: date) -> Q:
    answered_before = Q(first_adjudicated_at=None) | Q(first_rejected_at__lt=F("first_adjudicated_at"))
    return Q(first_rejected_at__lt=end_of(on)) & answered_before


def _accepted(on: date) -> Q:
    taken = Q(accepted_at__lt=end_of(on)) | Q(first_adjudicated_at__lt=end_of(on))
    return taken & ~(Q(first_rejected_at__isnull=False) & _rejected(on))


def _submitted(on: date) -> "QuerySet[Claim]":
    window = last_days(on)
    return first_claims().filter(first_submitted_at__gte=window.start, first_submitted_at__lt=window.end)


def measure(on: date) -> Figure:
    found = _submitted(on).aggregate(
        submitted=Count("pk"),
        accepted=Count("pk", filter=_accepted(on)),
        rejected=Count("pk", filter=_rejected(on)),
    )
    answered = found["accepted"] + found["rejected"]
    return Figure(
        on=on,
        numerator=Decimal(found["accepted"]),
        denominator=Decimal(answered),
        note=last_days(on).note,
        parts=(
            Part("Accepted", Decimal(found["accepted"]), Kind.COUNT),
            Part("Rejected", Decimal(found["rejected"]), Kind.COUNT),
            Part("No answer yet, apart", Decimal(found["submitted"] - answered), Kind.COUNT),
        ),
    )


def rows(on: date) -> "QuerySet[Claim]":
    answered = (
        _submitted(on)
        .filter(_accepted(on) | _rejected(on))
        .annotate(failed=Case(When(_rejected(on), then=1), default=0))
    )
    return answered.select_related("patient").order_by("-failed", "-first_submitted_at", "pk")


def row(claim: Claim) -> Row:
    failed = bool(claim.failed)  # type: ignore[attr-defined]  # annotated by rows
    return claim_row(claim, detail="Rejected" if failed else "Accepted", counts=not failed)


METRIC = Metric(
    key="first_pass",
    title="Accepted first time",
    unit=Unit.SHARE,
    definition="First submissions of the last 90 days that were accepted at every hop, of those that were answered.",
    counted="Claims first sent in these days and answered",
    measure=measure,
    rows=rows,
    row=row,
    target=Decimal("0.95"),
    problem=Decimal("0.90"),
)
