"""A person enters the number by which a payer knows a claim, where its answer named none: without it nothing can be replaced."""

import re
from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim, ClaimEvent
from apps.claims.rules.correction_routes import CORRECTABLE, NUMBER_SOURCES
from apps.claims.rules.fields import Change
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import change_fields, locked_claims
from apps.core.models import User

# REF02 holds fifty; the marks that part an X12 file are none of them.
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,49}")


class PayerNumberRefusedError(ValueError):
    """A sentence for people: why this number is not taken."""


@transaction.atomic
def enter_payer_number(*, claim_id: str, number: str, source: str, acting_user: User, now: datetime) -> None:
    """`source`: a key of NUMBER_SOURCES. What a payer's later answer names takes its place. Raises PayerNumberRefusedError."""
    (claim,) = locked_claims([claim_id])
    typed = " ".join(number.split())
    if claim.status not in CORRECTABLE:
        raise PayerNumberRefusedError("The payer has not answered this claim: its number comes with the answer.")
    if source not in NUMBER_SOURCES:
        raise PayerNumberRefusedError("Choose where the number stands.")
    if not _NUMBER.fullmatch(typed):
        raise PayerNumberRefusedError(
            "Enter the payer's claim number as it stands there: up to 50 letters and digits, also . / _ - and blanks."
        )
    others = Claim.objects.filter(payer=claim.payer_id, payer_claim_number=typed).exclude(pk=claim.pk)
    if other := others.values_list("control_number", flat=True).first():
        raise PayerNumberRefusedError(f"This is the payer's number of claim {other}. Compare the two remittances.")
    if not change_fields(claim, [Change("claim.payer_claim_number", typed)], acting_user=acting_user, now=now):
        raise PayerNumberRefusedError("This number is on file already.")
    what = f"{claim.payer.name}'s claim number entered: {typed}, from {NUMBER_SOURCES[source]}."
    ClaimEvent.objects.create(claim=claim, at=now, what=what[:240], actor=acting_user)
    audit_claim("enter_payer_number", claim, acting_user=acting_user, now=now)
