"""A line that was taken off its claim is billed after all, once the rest was answered: by the way that the payer takes it."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim
from apps.claims.rules.correction_routes import Way, line_offer
from apps.claims.selectors.corrections import answered, lines_left_out, version_of
from apps.claims.services.audit_claim import audit_claim
from apps.claims.services.change_fields import require_coder
from apps.claims.services.lines_off import (
    LineNotMovableError,
    claim_of,
    open_line_off,
    put_on,
    require_first_payers,
    require_reason,
)
from apps.claims.services.start_correction import begin
from apps.core.jobs import nudge
from apps.core.models import User


@transaction.atomic
def bill_line_later(*, line_off_id: str, reason: str, acting_user: User, now: datetime) -> Claim:
    """The line stands on the claim again and its charge is owed. The claim goes out with it: as a replacement of the whole, or as a new
    claim of this line (and of those that the payer refused as not processable).

    For a coder, of a claim to the first payer that has answered it. Raises PermissionDenied, ReasonMissingError, LineNotMovableError,
    LineOff.DoesNotExist.
    """
    require_coder(acting_user)
    require_reason(reason)
    claim = claim_of(line_off_id)
    require_first_payers(claim)
    facts = answered(claim)
    offer = line_offer(facts)
    if not offer.is_open:
        raise LineNotMovableError(offer.why)
    off = open_line_off(line_off_id)
    before, others = version_of(claim), set(claim.lines.values_list("pk", flat=True))
    put_on(claim, off, reason, acting_user=acting_user, now=now)
    refused = facts.unprocessable or offer.way is Way.REPLACEMENT
    left_out = lines_left_out(claim, offer.way) if refused else others
    note = f"Line {off.number} billed: {reason.strip()}"[:200]
    begin(claim, offer, left_out, acting_user=acting_user, now=now, note=note, before=before)
    audit_claim("bill_line_later", claim, acting_user=acting_user, now=now)
    nudge("scrub_claims")
    return claim
