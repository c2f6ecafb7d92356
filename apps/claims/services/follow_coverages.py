"""A changed coverage reaches the claims that have not left yet (DOMAIN 3, front-desk task)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim, ClaimEvent
from apps.claims.selectors.coverages import overtaken_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.intake.models import Coverage


def follow_coverages(*, now: datetime) -> int:
    """Unsent claims take the coverage that replaced theirs and are scrubbed again; how many. Claims already sent do not change."""
    found = list(overtaken_claims().values_list("pk", flat=True))
    return _follow(found, now) if found else 0


@transaction.atomic
def _follow(found: Sequence[int], now: datetime) -> int:
    locked = list(lock_claims(Claim.objects.filter(pk__in=found), skip_locked=True).values_list("pk", flat=True))
    still = overtaken_claims().filter(pk__in=locked)
    replacements = dict(still.values_list("pk", "replacement"))  # type: ignore[misc]  # the selector's annotation
    claims = list(Claim.objects.filter(pk__in=replacements).order_by("pk"))
    coverages = Coverage.objects.select_related("payer").in_bulk(replacements.values())
    words = {}
    for claim in claims:
        new = coverages[replacements[claim.pk]]
        payer = f"{new.payer.name}, as before" if new.payer_id == claim.payer_id else f"{new.payer.name} from now on"
        words[claim.pk] = f"The patient's coverage was changed: billed to {payer}. Scrubbed again."
        claim.coverage, claim.payer = new, new.payer
    Claim.objects.bulk_update(claims, ["coverage", "payer"], batch_size=500)
    drafts = [claim for claim in claims if claim.status == ClaimStatus.DRAFT]
    ClaimEvent.objects.bulk_create([ClaimEvent(claim=claim, at=now, what=words[claim.pk]) for claim in drafts])
    others = [claim for claim in claims if claim not in drafts]
    apply_moves([Move(claim.pk, ClaimStatus.DRAFT, words[claim.pk]) for claim in others], now=now)
    nudge("scrub_claims")
    return len(claims)
