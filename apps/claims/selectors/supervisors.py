"""Whether supervising providers saw patients on the day; any number of claims in two queries, none where nobody supervises."""

from collections.abc import Collection

from apps.claims.models import Claim
from apps.intake.models import Encounter
from apps.practice.models import Provider


def supervisors_seen(claims: Collection[Claim]) -> dict[int, bool]:
    """Claim's key to whether its supervising provider had a visit here that day. Only providers of the practice are looked for."""
    asking = [claim for claim in claims if claim.supervising_npi]
    if not asking:
        return {}
    npis = {claim.supervising_npi for claim in asking}
    ours = set(Provider.objects.filter(npi__in=npis).values_list("npi", flat=True))
    days = {claim.service_date for claim in asking}
    seen = set(
        Encounter.objects.filter(provider__npi__in=ours, service_date__in=days)
        .values_list("provider__npi", "service_date")
        .distinct()
    )
    return {
        claim.pk: (claim.supervising_npi, claim.service_date) in seen
        for claim in asking
        if claim.supervising_npi in ours
    }
