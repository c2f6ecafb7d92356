"""Which providers payers know as this practice's, for those payers and providers of which that is kept."""

from collections import defaultdict
from collections.abc import Collection

from apps.claims.models import Claim
from apps.claims.rules.snapshot import EnrollmentView
from apps.practice.models import ProviderEnrollment


def enrollments(claims: Collection[Claim]) -> dict[int, tuple[EnrollmentView, ...] | None]:
    """By claim: its provider's enrollments with its payer, the first first; None: nothing at all is kept of the provider, which is not
    known and so another thing than not enrolled. Claims of whose payer nothing is kept are missing. At most three queries.
    """
    kept = ProviderEnrollment.objects.filter(payer__in={claim.payer_id for claim in claims})
    payers = set(kept.order_by().values_list("payer", flat=True).distinct())
    if not payers:
        return {}
    told_of = ProviderEnrollment.objects.filter(provider__in={claim.provider_id for claim in claims})
    providers = set(told_of.order_by().values_list("provider", flat=True).distinct())
    by_pair: dict[tuple[int, int], list[EnrollmentView]] = defaultdict(list)
    for row in kept.filter(provider__in=providers).order_by("starts_on", "pk"):
        by_pair[row.payer_id, row.provider_id].append(EnrollmentView(row.state, row.starts_on, row.ends_on))
    return {
        claim.pk: tuple(by_pair[claim.payer_id, claim.provider_id]) if claim.provider_id in providers else None
        for claim in claims
        if claim.payer_id in payers
    }
