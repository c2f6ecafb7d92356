from datetime import datetime

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.core.models import User


def audit_claim(action: str, claim: Claim, *, acting_user: User, now: datetime) -> None:
    """A row of the trail for what a person did to one claim as a whole; why they did it stays with the claim."""
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
    )
