"""What the EHR changes of a patient reaches the claims that wait to leave: they are scrubbed again before they do."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.claims.models import Claim
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge

OVERTAKEN = Q(patient__changed_at__gt=F("scrubbed_at"))
_WORDS = "The EHR changed what it tells of the patient. Scrubbed again."


def follow_patients(*, now: datetime) -> int:
    """Ready claims whose patient was changed after their scrub are drafts again; how many."""
    overtaken = Claim.objects.filter(OVERTAKEN, status=ClaimStatus.READY)
    return _follow(overtaken, now) if overtaken.exists() else 0


@transaction.atomic
def _follow(overtaken: "QuerySet[Claim]", now: datetime) -> int:
    keys = list(lock_claims(overtaken, skip_locked=True).values_list("pk", flat=True))
    apply_moves([Move(key, ClaimStatus.DRAFT, _WORDS) for key in keys], now=now)
    nudge("scrub_claims")
    return len(keys)
