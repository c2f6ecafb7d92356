"""What changes about a patient reaches the claims that wait to leave: they are scrubbed again before they do."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.claims.models import Claim
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.eligibility.models import EligibilityCheck

# A visit that the patient pays in full may not be told to the payer (45 CFR 164.522(a)(1)(vi)); whoever released such a claim
# knowingly scrubbed it after the agreement.
_AGREED = EligibilityCheck.objects.filter(
    coverage__patient=OuterRef("patient"),
    service_date=OuterRef("service_date"),
    settlement=EligibilityCheck.Settlement.SELF_PAY,
    settled_at__gt=OuterRef("scrubbed_at"),
)
_NEWS = (
    (Q(patient__changed_at__gt=F("scrubbed_at")), "The EHR changed what it tells of the patient. Scrubbed again."),
    (Q(Exists(_AGREED)), "The front desk agreed with the patient that the visit is self-pay. Scrubbed again."),
)
OVERTAKEN = _NEWS[0][0] | _NEWS[1][0]


def follow_patients(*, now: datetime) -> int:
    """Ready claims whose patient was changed, or agreed to pay, after their scrub are drafts again; how many."""
    return _follow(now) if Claim.objects.filter(OVERTAKEN, status=ClaimStatus.READY).exists() else 0


@transaction.atomic
def _follow(now: datetime) -> int:
    moved = 0
    for news, words in _NEWS:
        overtaken = Claim.objects.filter(news, status=ClaimStatus.READY)
        keys = list(lock_claims(overtaken, skip_locked=True).values_list("pk", flat=True))
        apply_moves([Move(key, ClaimStatus.DRAFT, words) for key in keys], now=now)
        moved += len(keys)
    nudge("scrub_claims")
    return moved
