"""The answer of a payer before changed after a claim to the next one had left: a person looks whether that claim must be corrected."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim, ClaimEvent
from apps.claims.services.change_fields import locked_claims
from apps.claims.services.lock_claims import lock_claims
from apps.core.clock import practice_date
from apps.core.models import User
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

RECHECK_KIND = "further_claim_changed"
WHAT = "The answer of a payer before has changed since."


class RecheckNotOpenError(Exception):
    """A sentence for people: why there is nothing to settle."""


def recheck_further_claims(claim_ids: Collection[int], *, now: datetime) -> None:
    """Told in each claim's timeline; one that has left becomes work, once. One that has not reads the new answer when it goes."""
    claims = lock_claims(Claim.objects.filter(pk__in=claim_ids)).select_related("work_item")
    for claim in claims:
        ClaimEvent.objects.create(claim=claim, at=now, what=WHAT)
        if claim.first_submitted_at and not _is_open(claim.work_item):
            claim.work_item = open_item(
                kind=RECHECK_KIND,
                title=f"Look whether claim {claim.control_number} must be corrected: the payer before changed its answer",
                owner_role=WorkItem.OwnerRole.BILLER,
                url_name="workspace:claim",
                subject_public_id=claim.public_id,
                now=now,
                due_on=practice_date(now),
                amount_at_stake=claim.total,
            )
            claim.save(update_fields=["work_item"])


def _is_open(item: WorkItem | None) -> bool:
    return item is not None and item.state == WorkItem.State.OPEN


@transaction.atomic
def settle_recheck(*, claim_id: str, note: str, acting_user: User, now: datetime) -> None:
    """A person looked at the claim (public id); `note` says what came of it. Raises RecheckNotOpenError."""
    (claim,) = locked_claims([claim_id])
    words, item = note.strip()[:120], claim.work_item
    if item is None or not _is_open(item) or item.kind != RECHECK_KIND:
        raise RecheckNotOpenError("Nothing waits to be looked at here.")
    if not words:
        raise RecheckNotOpenError("Say in a few words what came of it.")
    ClaimEvent.objects.create(claim=claim, at=now, what=f"Looked at after the change: {words}", actor=acting_user)
    close_item(item, acting_user=acting_user, now=now, outcome=words)
    record(
        "settle_recheck",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
    )
