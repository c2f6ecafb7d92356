"""Which of the payers' answers stand is found anew with each that arrives; rows and states follow."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from apps.claims.models import Adjudication, Claim
from apps.claims.rules.outcome import OUTCOME_SENTENCES, REVERSAL, outcome
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.services.record_adjudications import own_payer, standing_of
from apps.claims.states import ADJUDICATED, IN_FLIGHT, ClaimStatus

_WAITS = IN_FLIGHT | {ClaimStatus.VOIDED}


def restate_claims(
    standing: Mapping[int, Sequence[str]], *, now: datetime, ended: Collection[int] = frozenset()
) -> None:
    """`standing`: by claim, the keys of the rows that stand, the newest last.

    A row that no longer stands is marked reversed, one that stands again is not. A claim whose answers changed so is moved;
    so is one whose newest answer had come before an older one, unless people have taken it further since. One of which a newer
    version is under way waits for that one's answer, but for those of `ended`: they have it.
    """
    if not standing:
        return
    locked = list(lock_claims(Claim.objects.filter(pk__any_of=standing)).values_list("pk", "status", "payer"))
    statuses = {pk: ClaimStatus(status) for pk, status, _ in locked}
    payers = {pk: payer for pk, _, payer in locked}
    rows: dict[int, list[Adjudication]] = defaultdict(list)
    for row in Adjudication.objects.filter(claim__any_of=standing).order_by("pk"):
        rows[row.claim_id].append(row)
    changed: list[Adjudication] = []
    moves = []
    for claim_id, keys in standing.items():
        fresh = _mark(rows[claim_id], keys)
        changed += fresh
        old, own = statuses[claim_id], own_payer(rows[claim_id], payers[claim_id])
        new = outcome([standing_of(row) for row in _in_order(rows[claim_id], keys)], own=own)
        waits = old in _WAITS and not (old in IN_FLIGHT and claim_id in ended)
        if new is not old and not waits and rows[claim_id] and (fresh or old in ADJUDICATED or claim_id in ended):
            moves.append(Move(claim_id, new, OUTCOME_SENTENCES[new]))
    Adjudication.objects.bulk_update(changed, ["reversed"], batch_size=500)
    apply_moves(moves, now=now)


def _mark(rows: Sequence[Adjudication], keys: Sequence[str]) -> list[Adjudication]:
    stands, changed = set(keys), []
    for row in rows:
        is_reversed = row.key not in stands or row.claim_status_code == REVERSAL
        if row.reversed != is_reversed:
            row.reversed = is_reversed
            changed.append(row)
    return changed


def _in_order(rows: Sequence[Adjudication], keys: Sequence[str]) -> list[Adjudication]:
    place = {key: number for number, key in enumerate(keys)}
    return sorted((row for row in rows if not row.reversed), key=lambda row: place[row.key])
