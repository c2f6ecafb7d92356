"""What a person enters by hand, as the forms hand it to the services."""

from decimal import Decimal

from django.db.models import Q

from apps.claims.models import Claim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.entered import EnteredClaim, EnteredLine, read_adjustments
from apps.remittances.selectors.situations import billed_claims


def billed(claim: Claim) -> BilledClaim:
    return next(each for each in billed_claims(Q(pk=claim.pk), lock=False) if each.claim_id == claim.pk)


def entered(claim: Claim, *lines: tuple[str, str], status: str = "1", **told: str) -> EnteredClaim:
    """`entered(claim, ("80.00", "CO-45 20.00"))`: paid and adjustments of each line."""
    ours = billed(claim)
    return EnteredClaim(
        ours,
        tuple(
            EnteredLine(line, Decimal(paid), read_adjustments(codes))
            for line, (paid, codes) in zip(ours.lines, lines, strict=True)
        ),
        status=status,
        **told,
    )
