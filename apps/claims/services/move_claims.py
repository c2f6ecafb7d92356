"""Move claims from state to state: each move checked against the table, and told in the claim's timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.claims.models import BatchClaim, Claim, ClaimEvent, Finding
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ADJUDICATED, IN_FLIGHT, WAITS_FOR_US, ClaimStatus, move
from apps.connectors.models import Transmission
from apps.core.bulk_rows import copy_rows
from apps.core.models import User
from apps.worklist.models import WorkItem

# Findings that stop a claim stand against it here; a draft has those of its last scrub until the next.
_STOPPED = WAITS_FOR_US | {ClaimStatus.DRAFT}


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one claim. `what` is a sentence for people; the transmission and its segment are where it is written."""

    claim_id: int
    new_status: ClaimStatus
    what: str
    transmission_id: int | None = None
    segment: int | None = None


def move_claims(
    claims: Iterable[Claim],
    new_status: ClaimStatus,
    *,
    what: str,
    now: datetime,
    acting_user: User | None = None,
    transmission: Transmission | None = None,
) -> None:
    """All of `claims` to one state, with an event each; the objects given are brought up to date.

    Raises ImpossibleTransitionError if the table forbids it for any of them; then none moves.
    """
    claims = list(claims)
    moves = [Move(claim.pk, new_status, what, transmission.pk if transmission else None) for claim in claims]
    apply_moves(moves, now=now, acting_user=acting_user)
    for claim in claims:
        claim.status = new_status


@transaction.atomic
def apply_moves(
    moves: Sequence[Move],
    *,
    now: datetime,
    acting_user: User | None = None,
    first_answers: Mapping[int, bool] | None = None,
    payer_numbers: Mapping[int, str] | None = None,
) -> None:
    """Moves of many claims, each to its own state and in the order given (a claim may appear more than once).

    By key, of claims among them: `first_answers`, whether a payer that answers for the first time denied any line;
    `payer_numbers`, CLP07. A claim that leaves the states in flight frees its place for a next batch; one that no longer waits
    for us has its work item closed.
    Raises ImpossibleTransitionError; then nothing has moved.
    """
    wanted = {each.claim_id for each in moves}
    locked = lock_claims(Claim.objects.filter(pk__any_of=wanted))
    rows = list(locked.values_list("pk", "status", "work_item"))
    statuses = {pk: ClaimStatus(status) for pk, status, _ in rows}
    items = {pk: item for pk, _, item in rows if item}
    steps = []
    for each in moves:
        old, new = statuses[each.claim_id], each.new_status
        statuses[each.claim_id] = move(old, new)
        steps.append((each, old))
    _update(statuses, first_answers or {}, payer_numbers or {}, now)
    _close_findings(
        [each.claim_id for each, old in steps if old in _STOPPED and statuses[each.claim_id] not in _STOPPED]
    )
    for status in ClaimStatus:
        moved = [pk for pk, new in statuses.items() if new is status]
        if moved:
            _settle(moved, status, [items[pk] for pk in moved if pk in items], acting_user, now)
    _tell(steps, now, acting_user)


def _update(
    statuses: Mapping[int, ClaimStatus],
    first_answers: Mapping[int, bool],
    payer_numbers: Mapping[int, str],
    now: datetime,
) -> None:
    """Each row is written once: a claim has many indexes."""
    if not statuses:
        return
    statement = """
        UPDATE claims_claim SET
            status = told.status,
            first_adjudicated_at = CASE WHEN told.denied IS NULL THEN first_adjudicated_at ELSE %s END,
            denied_on_first_remittance = coalesce(told.denied, denied_on_first_remittance),
            payer_claim_number = coalesce(told.number, payer_claim_number)
        FROM unnest(%s::bigint[], %s::text[], %s::bool[], %s::text[]) AS told (claim_id, status, denied, number)
        WHERE claims_claim.id = told.claim_id
    """
    columns: list[list[Any]] = [
        list(statuses),
        [status.value for status in statuses.values()],
        [first_answers.get(claim_id) for claim_id in statuses],
        [payer_numbers.get(claim_id, "")[:50] or None for claim_id in statuses],
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, *columns])


def _close_findings(claims: Sequence[int]) -> None:
    """What stopped a claim that goes on, to a payer's answer or to its end, stops nothing any more."""
    if claims:
        stopping = Finding.objects.filter(state=Finding.State.OPEN, severity=Finding.Severity.BLOCK)
        stopping.filter(claim__any_of=claims).update(state=Finding.State.SUPERSEDED)


def _tell(steps: Sequence[tuple[Move, ClaimStatus]], now: datetime, acting_user: User | None) -> None:
    if not steps:
        return
    actor = acting_user.pk if acting_user else None
    copy_rows(
        ClaimEvent,
        ("claim", "at", "old_status", "new_status", "what", "actor", "transmission", "segment"),
        (
            (
                each.claim_id,
                now,
                old.value,
                each.new_status.value,
                each.what[:240],
                actor,
                each.transmission_id,
                each.segment,
            )
            for each, old in steps
        ),
    )


def _settle(
    moved: Sequence[int], status: ClaimStatus, items: Sequence[int], acting_user: User | None, now: datetime
) -> None:
    if status not in IN_FLIGHT:
        places = BatchClaim.objects.filter(claim__any_of=moved, in_flight=True)
        if status in ADJUDICATED:
            places.update(in_flight=False, answer=BatchClaim.Answer.ADJUDICATED, answered_at=now)
        else:
            places.update(in_flight=False)
    # A draft is on its way through the scrubber: whether it still waits for us is known only then.
    if items and status not in WAITS_FOR_US and status is not ClaimStatus.DRAFT:
        WorkItem.objects.filter(pk__in=items, state=WorkItem.State.OPEN).update(
            state=WorkItem.State.DONE, closed_at=now, closed_by=acting_user
        )
