"""A person corrects a claim, and sees at once what the scrubber makes of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.claims.rules.fields import Change
from apps.claims.selectors.persons import same_persons
from apps.claims.services.change_fields import change_fields, locked_claims, require_coder_for, require_editable
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import move_claims
from apps.claims.services.scrub_claims import scrub_these
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.sentences import inside


@transaction.atomic
def edit_claim(*, claim_id: str, changes: Sequence[Change], acting_user: User, now: datetime) -> ClaimStatus:
    """Set the fields, scrub again; READY or EXCEPTION. Without changes it is only scrubbed again, for what was mended elsewhere.

    A clinical field (code, modifier, units, diagnosis) is a coder's. Raises ClaimNotEditableError, BadValueError, ChangedMeanwhileError,
    PermissionDenied.
    """
    (claim,) = locked_claims([claim_id])
    require_editable(claim)
    require_coder_for(changes, acting_user)
    labels = change_fields(claim, changes, acting_user=acting_user, now=now)
    what = f"Edited: {', '.join(map(inside, labels))}." if labels else "Scrubbed again."
    touch([claim], what, acting_user=acting_user, now=now)
    record(
        "edit",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
        fields=labels,
    )
    scrub_these([claim.pk], now=now, acting_user=acting_user)
    if any(change.field.startswith(("patient.", "coverage.", "line.")) for change in changes):
        scrub_siblings([claim], now=now)
    claim.refresh_from_db()
    return ClaimStatus(claim.status)


def touch(claims: Sequence[Claim], what: str, *, acting_user: User, now: datetime) -> None:
    """Back to draft by a person's hand: from now on the claim is not clean (DOMAIN 2, end)."""
    keys = [claim.pk for claim in claims]
    Claim.objects.filter(pk__in=keys, passed_untouched=None).update(passed_untouched=False)
    moving = [claim for claim in claims if claim.status != ClaimStatus.DRAFT]
    move_claims(moving, ClaimStatus.DRAFT, what=what, now=now, acting_user=acting_user)


def scrub_siblings(claims: Sequence[Claim], *, now: datetime) -> None:
    """What is mended of a patient or coverage is mended for the patient's other held claims; what is coded otherwise or void
    may be what held them. They are scrubbed again.
    """
    others = Claim.objects.filter(patient__any_of=set(same_persons(claims)), status=ClaimStatus.EXCEPTION)
    others = others.exclude(pk__in=[claim.pk for claim in claims])
    waiting = list(lock_claims(others))
    if waiting:
        what = "To be scrubbed again: another claim of the patient was corrected or voided."
        move_claims(waiting, ClaimStatus.DRAFT, what=what, now=now)
        nudge("scrub_claims")


@transaction.atomic
def scrub_again(*, claim_ids: Sequence[str], acting_user: User, now: datetime) -> int:
    """Held claims are scrubbed again, after a setting was mended; how many became ready. Others are left alone."""
    held = [claim for claim in locked_claims(claim_ids) if claim.status == ClaimStatus.EXCEPTION]
    move_claims(held, ClaimStatus.DRAFT, what="Scrubbed again.", now=now, acting_user=acting_user)
    record(
        "scrub_again",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        patients=[claim.patient.public_id for claim in held],
        claims=len(held),
    )
    return scrub_these([claim.pk for claim in held], now=now, acting_user=acting_user)
