"""Claims of ours that an unmatched CLP may mean."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Q, Value, When

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
    """Those of which most is the same, then the newest: a name alone may be that of hundreds."""
    same = []
    if len(remitted.control_number) >= TRUNCATED // 2:
        same.append(Q(control_number__istartswith=remitted.control_number[:TRUNCATED]))
    if remitted.member_id:
        same.append(Q(coverage__member_id=remitted.member_id))
    if remitted.last_name:
        same.append(Q(patient__last_name__iexact=remitted.last_name))
    if remitted.service_date:
        same.append(Q(service_date=remitted.service_date, total=abs(remitted.charge)))
    if not same:
        return []
    alike = sum((Case(When(each, then=1), default=0) for each in same), Value(0))
    claims = Claim.objects.filter(reduce(or_, same)).select_related("patient", "coverage", "payer")
    return list(claims.order_by(alike.desc(), "-service_date", "pk")[:_LOOKED_AT])


def _traits(claim: Claim) -> Traits:
    return Traits(
        claim.control_number,
        claim.patient.last_name,
        claim.patient.first_name,
        claim.coverage.member_id,
        claim.service_date,
        claim.total,
    )
