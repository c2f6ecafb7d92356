"""Findings against claims, and the work that they make. One way for the scrubber, a receiver's refusal and a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.claims.models import Claim, Finding
from apps.claims.rules.findings import Found
from apps.claims.selectors.exception_queue import EXCEPTION_KIND
from apps.claims.selectors.filing import file_by
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.core.sentences import inside
from apps.worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class Hold:
    """What stands against one claim, and the state that it goes to: EXCEPTION (ours) or REJECTED (theirs)."""

    claim_id: int
    status: ClaimStatus
    what: str
    found: tuple[Found, ...]
    transmission_id: int | None = None
    segment: int | None = None


def finding_row(claim_id: int, found: Found, now: datetime) -> Finding:
    return Finding(
        claim_id=claim_id,
        rule=found.rule.code,
        severity=found.rule.severity,
        line=found.issue.line,
        field=found.issue.field,
        sentence=found.issue.sentence[:300],
        fix=found.issue.fix.as_json() if found.issue.fix else None,
        found_at=now,
    )


@transaction.atomic
def hold_claims(holds: Sequence[Hold], *, now: datetime, acting_user: User | None = None) -> None:
    """Write the findings, move each claim, and see that each has one open work item. Constant queries for any number of claims."""
    if not holds:
        return
    Finding.objects.bulk_create(
        [finding_row(hold.claim_id, found, now) for hold in holds for found in hold.found], batch_size=1000
    )
    moves = [Move(hold.claim_id, hold.status, hold.what, hold.transmission_id, hold.segment) for hold in holds]
    apply_moves(moves, now=now, acting_user=acting_user)
    _open_work({hold.claim_id: hold for hold in holds}, now)


def _open_work(holds: dict[int, Hold], now: datetime) -> None:
    """A claim that is being fixed already keeps its item, told anew; one that was being chased has had its answer."""
    claims = list(Claim.objects.filter(pk__in=holds).select_related("work_item", "payer").order_by("pk"))
    due = file_by(claims)
    work = {claim.pk: _work(claim, holds[claim.pk], due[claim.pk], now) for claim in claims}
    kept = [claim.work_item for claim in claims if claim.work_item and _is_open(claim.work_item, EXCEPTION_KIND)]
    for claim in claims:
        if claim.work_item in kept:
            claim.work_item.title = work[claim.pk].title
    WorkItem.objects.bulk_update(kept, ["title"], batch_size=500)
    idle = [claim for claim in claims if claim.work_item not in kept]
    answered = [claim.work_item.pk for claim in idle if claim.work_item and _is_open(claim.work_item)]
    still_open = WorkItem.objects.filter(pk__in=answered, state=WorkItem.State.OPEN)
    still_open.update(state=WorkItem.State.WITHDRAWN, closed_at=now)
    for claim, item in zip(idle, WorkItem.objects.bulk_create([work[claim.pk] for claim in idle]), strict=True):
        claim.work_item = item
    Claim.objects.bulk_update(idle, ["work_item"], batch_size=500)


def _is_open(item: WorkItem, kind: str = "") -> bool:
    return item.state == WorkItem.State.OPEN and kind in {"", item.kind}


def _work(claim: Claim, hold: Hold, due_on: date | None, now: datetime) -> WorkItem:
    blocking = [found for found in hold.found if found.blocks]
    reason = blocking[0].rule.title if blocking else hold.what
    # What only a coder may settle goes to a coder; anything else on the claim is a biller's first.
    for_coder = bool(blocking) and all(found.rule.clinical for found in blocking)
    return WorkItem(
        kind=EXCEPTION_KIND,
        title=f"Fix claim {claim.control_number}: {inside(reason)}"[:200],
        owner_role=WorkItem.OwnerRole.CODER if for_coder else WorkItem.OwnerRole.BILLER,
        url_name="claims:exception",
        subject_public_id=claim.public_id,
        opened_at=now,
        due_on=due_on,
        amount_at_stake=claim.total,
    )
