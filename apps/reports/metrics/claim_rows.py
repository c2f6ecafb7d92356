"""How a claim stands among a figure's rows."""

from apps.claims.models import Claim
from apps.reports.metrics.figure import Row


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
