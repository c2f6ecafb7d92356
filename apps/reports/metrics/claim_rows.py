"""Which claims a figure counts, and how one stands among its rows."""

from django.db.models import QuerySet

from apps.claims.models import Claim
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
