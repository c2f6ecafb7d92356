"""Lines that their payer has refused: billed, and yet neither had nor used."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.claims.models import Adjudication, ClaimLine
from apps.claims.states import IN_FLIGHT, WITH_US, ClaimStatus

# A claim here goes out, or has gone out, to be judged anew: what was said of its lines before is not the last word.
_TO_BE_JUDGED = WITH_US | {ClaimStatus.READY} | IN_FLIGHT
_STANDING = Adjudication.objects.filter(payer=OuterRef("claim__payer"), reversed=False)
_OF_LINE = _STANDING.filter(line=OuterRef("pk"))
_OF_CLAIM = _STANDING.filter(claim=OuterRef("claim"), line=None)
# Of a claim that was refused as a whole its lines may still be told, as if they were paid: what is said beside them has no charge.
_DENIED = (
    (Exists(_OF_LINE.filter(is_denied=True)) & ~Exists(_OF_LINE.filter(is_denied=False)))
    | (~Exists(_OF_LINE) & Exists(_OF_CLAIM.filter(is_denied=True)))
    | Exists(_OF_CLAIM.filter(is_denied=True, charge=0))
)


def not_refused(lines: "QuerySet[ClaimLine]") -> "QuerySet[ClaimLine]":
    """Without those that the claim's payer denied and that are not on their way to it again, and without voids on their way."""
    decided = Q(left_out=True) | ~Q(claim__status__in=_TO_BE_JUDGED)
    return lines.exclude(Q(_DENIED) & decided).exclude(claim__frequency="8")
