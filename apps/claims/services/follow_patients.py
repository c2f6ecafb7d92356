"""What changes about a patient, a visit or a coverage reaches the claims that wait with us: they are scrubbed again."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim
from apps.claims.selectors.news import is_news_waiting, news
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.services.scrub_neighbours import follow_neighbours
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge


def follow_patients(*, now: datetime) -> int:
    """Claims of which the EHR, a payer or the front desk has told something new since their scrub are drafts again; how many."""
    return _follow(now) if is_news_waiting(now=now) else 0


@transaction.atomic
def _follow(now: datetime) -> int:
    moved = 0
    for each in news():
        keys = list(lock_claims(Claim.objects.filter(each.claims), skip_locked=True).values_list("pk", flat=True))
        apply_moves([Move(key, ClaimStatus.DRAFT, each.words) for key in keys], now=now)
        moved += len(keys)
    moved += follow_neighbours(now=now)
    nudge("scrub_claims")
    return moved
