"""Which claims a figure counts, and how a claim or a visit stands among its rows."""

from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from apps.claims.models import Claim
from apps.intake.models import Encounter
from apps.reports.metrics.figure import Row


def first_claims() -> "QuerySet[Claim]":
    """Of each visit its first payer's claim. A further payer's asks for the same charges again: a claim counts once (DOMAIN 7)."""
    return Claim.objects.filter(payer_rank=1)


def claim_row(claim: Claim, *, detail: str, counts: bool) -> Row:
    return Row(
        title=claim.control_number,
        url_name="workspace:claim",
        public_id=claim.public_id,
        patient=claim.patient.full_name,
        day=claim.service_date,
        detail=detail,
        amount=claim.total,
        counts=counts,
    )


def claims_of_visits(path: str) -> "Prefetch[str]":
    """What `visit_row` asks of each visit; `path` leads from a row to the claims of its visit."""
    return Prefetch(path, Claim.objects.select_related("payer").order_by("payer_rank"))


def last_claim(visit: Encounter) -> Claim | None:
    return next(reversed(visit.claims.all()), None)


def visit_row(visit: Encounter, *, detail: str, amount: Decimal, without_claim: str) -> Row:
    """Opens the last payer's claim, or the patient where the visit has none, which `without_claim` then says."""
    claim = last_claim(visit)
    return Row(
        title=claim.control_number if claim else without_claim,
        url_name="workspace:claim" if claim else "workspace:patient",
        public_id=claim.public_id if claim else visit.patient.public_id,
        patient=visit.patient.full_name,
        day=visit.service_date,
        detail=detail,
        amount=amount,
        counts=amount > 0,
    )
