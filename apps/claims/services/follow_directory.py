"""What changes in the payer directory reaches the claims that wait with us: ways that opened or closed since their scrub.

By how the directory stands, not by who changed it: also the day on which an enrollment begins, another clearinghouse, and a row that was
mended past the pages have their effect.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.claims.models import Claim, Finding
from apps.claims.rules.enrollment import channel_words
from apps.claims.selectors.news import DIRECTORY_RULES, held_by_directory
from apps.claims.selectors.parties import claims_channels
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import Channel

_OPENED = "The payer directory was completed: claims can go to the payer. Scrubbed again."
_CLOSED = "By the payer directory no claims can go to the payer now. Scrubbed again."


def follow_directory(*, now: datetime) -> int:
    """Ready claims whose payer cannot be reached any more are drafts again before they leave, and so are those held for it whose payer
    can be reached by now; how many.
    """
    if settings.SCRUB_ONLY_WELL_FORMED:
        return 0
    ready = Claim.objects.filter(status=ClaimStatus.READY)
    held = set(held_by_directory().values_list("payer", flat=True).distinct())
    payers = list(Payer.objects.filter(Q(pk__in=held) | Q(pk__in=ready.values("payer"))))
    ways = claims_channels(payers, on=practice_date(now)) if payers else {}
    opened = [pk for pk, way in ways.items() if way.is_open and pk in held]
    shut = {pk: way for pk, way in ways.items() if not way.is_open}
    return _follow(opened, shut, now) if opened or shut else 0


def _sent_all_the_same(ways: Mapping[int, Channel]) -> set[int]:
    """Ready claims that a person sends although their payer's way, of those told, is closed for this reason."""
    overridden = Finding.objects.filter(
        claim__status=ClaimStatus.READY, claim__payer__in=ways, rule=DIRECTORY_RULES[0], state=Finding.State.OVERRIDDEN
    )
    return {
        claim
        for claim, payer, sentence in overridden.values_list("claim", "claim__payer", "sentence")
        if sentence == channel_words(ways[payer].closed)[:300]
    }


@transaction.atomic
def _follow(opened: list[int], shut: Mapping[int, Channel], now: datetime) -> int:
    held = lock_claims(held_by_directory().filter(payer__in=opened), skip_locked=True)
    moves = [Move(key, ClaimStatus.DRAFT, _OPENED) for key in held.values_list("pk", flat=True)]
    if shut:
        ready = Claim.objects.filter(status=ClaimStatus.READY, payer__in=shut).exclude(frequency="8")
        locked = lock_claims(ready, skip_locked=True).values_list("pk", flat=True)
        stay = _sent_all_the_same(shut)
        moves += [Move(key, ClaimStatus.DRAFT, _CLOSED) for key in locked if key not in stay]
    if moves:
        apply_moves(moves, now=now)
        nudge("scrub_claims")
    return len(moves)
