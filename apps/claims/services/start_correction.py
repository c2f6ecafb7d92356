"""A claim that a payer has answered goes out again, corrected, by the route that this payer takes (DOMAIN 1)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.claims.rules.fields import Change
from apps.claims.services.change_fields import change_fields, locked_claims, require_coder_for
from apps.claims.services.move_claims import move_claims
from apps.claims.states import ADJUDICATED, ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.practice.models import Payer

Route = Payer.CorrectionRoute
CORRECTABLE = (ADJUDICATED - {ClaimStatus.FORWARDED}) | {ClaimStatus.IN_APPEAL}


class CorrectionRefusedError(Exception):
    """This claim cannot be corrected by a claim now. The message says why and what to do instead."""


@transaction.atomic
def start_correction(
    *,
    claim_id: str,
    changes: Sequence[Change],
    acting_user: User,
    now: datetime,
    confirmed_by: User | None = None,
) -> Claim:
    """The claim (public id) becomes a draft: a replacement (7) with the payer's number, or a new claim (1). The scrubber sees it next.

    `confirmed_by` is the coder whose confirmation of a clinical change is on record already, where another person sends it.
    Raises CorrectionRefusedError, BadValueError, and PermissionDenied where no coder makes or confirmed a clinical change.
    """
    (claim,) = locked_claims([claim_id])
    require_coder_for(changes, confirmed_by or acting_user)
    claim.frequency = _frequency(claim)
    claim.save(update_fields=["frequency"])
    labels = change_fields(claim, changes, acting_user=acting_user, now=now)
    kind = "replacement of the payer's claim" if claim.frequency == "7" else "new claim"
    what = f"Correction started as a {kind}" + (f": {', '.join(labels).lower()}." if labels else ".")
    move_claims([claim], ClaimStatus.DRAFT, what=what, now=now, acting_user=acting_user)
    record(
        "start_correction",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
        fields=labels,
        frequency=claim.frequency,
    )
    nudge("scrub_claims")
    return claim


def _frequency(claim: Claim) -> str:
    status = ClaimStatus(claim.status)
    if status not in CORRECTABLE:
        raise CorrectionRefusedError(
            "The payer has not answered this claim; it cannot be corrected while it is pending."
        )
    route = Route(claim.payer.correction_route)
    if route is Route.REOPENING:
        raise CorrectionRefusedError(f"{claim.payer.name} corrects by reopening: use its portal, phone or form.")
    if route is Route.NEW_CLAIM:
        return "1"
    if not claim.payer_claim_number:
        raise CorrectionRefusedError(
            "A replacement needs the payer's claim number. Enter it from the remittance first."
        )
    return "7"
