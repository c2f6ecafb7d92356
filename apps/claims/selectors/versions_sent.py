from collections import defaultdict
from collections.abc import Collection

from apps.claims.models import Claim, Correction
from apps.claims.rules.answered_version import Versions


def versions_under_way(claim_ids: Collection[int]) -> dict[int, Versions]:
    """Of corrected claims that are with their payer again, by key: what was sent last, and what went before it."""
    frequencies: dict[int, set[str]] = defaultdict(set)
    numbers: dict[int, set[str]] = defaultdict(set)
    kept = Correction.objects.filter(claim__in=claim_ids, cancel_reason="").exclude(way=Correction.Way.REOPENING)
    for claim_id, before in kept.values_list("claim", "before"):
        frequencies[claim_id].add(before["frequency"])
        numbers[claim_id].add(before.get("payer_claim_number", ""))
    return {
        claim_id: Versions(
            sent, frozenset(frequencies[claim_id]), frozenset(number for number in numbers[claim_id] if number)
        )
        for claim_id, sent in Claim.objects.filter(pk__in=claim_ids).values_list("pk", "frequency")
    }
