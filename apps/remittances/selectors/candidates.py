"""Claims of ours that an unmatched CLP may mean."""

from dataclasses import dataclass

from django.db.models import Q

from apps.claims.models import Claim
from apps.remittances.models import RemittedClaim
from apps.remittances.rules.candidates import TRUNCATED, Traits, likenesses

_LOOKED_AT = 60
_SHOWN = 8
_NEARLY = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    claim: Claim
    likenesses: tuple[str, ...]


def candidates(row: RemittedClaim, *, last_name: str, first_name: str) -> list[Candidate]:
    """The best first, and those nearly as good; often no more than one thing is known."""
    remitted = Traits(row.claim_control_number, last_name, first_name, row.member_id, row.service_date, row.charge)
    found = [Candidate(claim, likenesses(remitted, _traits(claim))) for claim in _near(remitted)]
    found.sort(key=lambda each: (-len(each.likenesses), each.claim.pk))
    enough = max(1, len(found[0].likenesses) - _NEARLY) if found else 1
    return [each for each in found if len(each.likenesses) >= enough][:_SHOWN]


def _near(remitted: Traits) -> list[Claim]:
    condition = Q()
    if len(remitted.control_number) >= TRUNCATED // 2:
        condition |= Q(control_number__istartswith=remitted.control_number[:TRUNCATED])
    if remitted.member_id:
        condition |= Q(coverage__member_id=remitted.member_id)
    if remitted.last_name:
        condition |= Q(patient__last_name__iexact=remitted.last_name)
    if remitted.service_date:
        condition |= Q(service_date=remitted.service_date, total=abs(remitted.charge))
    if not condition:
        return []
    claims = Claim.objects.filter(condition).select_related("patient", "coverage", "payer")
    return list(claims.order_by("-service_date", "pk")[:_LOOKED_AT])


def _traits(claim: Claim) -> Traits:
    return Traits(
        claim.control_number,
        claim.patient.last_name,
        claim.patient.first_name,
        claim.coverage.member_id,
        claim.service_date,
        claim.total,
    )
