"""A patient's credit beside a write-off of the same share is nobody's money: the write-off gives way before it (DOMAIN 4). Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from apps.remittances.rules.effect import Concession, TakenBack, rest_without, still_given_up
from apps.remittances.rules.movement import ZERO, OpenCharge, Parts
from apps.remittances.rules.replay import Replayed, Visit, replay

# By the entry of a concession.
Taken = Mapping[int, TakenBack]


def without_false_credits(
    visit_by: Callable[[Taken], Visit], concessions: Sequence[Concession], taken: Taken
) -> tuple[Taken, Replayed]:
    """What of the visit's `concessions` is taken back: `taken`, and so much of the write-offs of the patient's share that none stands
    beside a credit; and where the visit ends by that. `visit_by` is the visit once such is taken back.
    """
    written_off = [each for each in still_given_up(concessions, taken) if not each.gave_up_on_payer]
    visit = visit_by(taken)
    replayed = replay(visit)
    charges = _credits_beside(visit, replayed, written_off)
    if not charges:
        return taken, replayed
    # What they come to is found without them: what a further payer takes off leaves their room.
    bare = visit_by(_lessened(written_off, concessions, taken, dict.fromkeys(charges, ZERO)))
    asked = _asked_of_patient(bare, replay(bare), charges, written_off)
    stays = {charge: max(amount, ZERO) for charge, amount in asked.items()}
    all_taken = _lessened(written_off, concessions, taken, stays)
    return all_taken, replay(visit_by(all_taken))


def _sum_of(written_off: Sequence[Concession], charge_id: int) -> Decimal:
    return sum((max(each.written_off(charge_id), ZERO) for each in written_off), ZERO)


def _lessened(
    written_off: Sequence[Concession], concessions: Sequence[Concession], taken: Taken, stays: Mapping[int, Decimal]
) -> dict[int, TakenBack]:
    """All that is taken back where of each of these charges no more than so much stays written off, dollars. The oldest gives way first."""
    found = dict(taken)
    entries = {each.entry_id: each for each in concessions}
    excess = {charge: max(_sum_of(written_off, charge) - amount, ZERO) for charge, amount in stays.items()}
    for each in written_off:
        again = {charge: min(amount, max(each.written_off(charge), ZERO)) for charge, amount in excess.items()}
        if any(again.values()):
            found[each.entry_id] = TakenBack(entries[each.entry_id], rest_without(each, again))
            excess = {charge: amount - again[charge] for charge, amount in excess.items()}
    return found


def _credits_beside(visit: Visit, replayed: Replayed, written_off: Sequence[Concession]) -> list[int]:
    """The charges of which something is written off while the patient has a credit. One whose first payer has taken its answer back waits
    for the next: what the share is nobody knows.
    """
    charges = sorted({charge for each in written_off for charge in each.moved if _sum_of(written_off, charge)})
    known = [charge for charge in charges if _is_settled(visit, replayed, charge)]
    asked = _asked_of_patient(visit, replayed, known, written_off)
    return [charge for charge in known if asked[charge] < ZERO]


def _asked_of_patient(
    visit: Visit, replayed: Replayed, charges: Collection[int], written_off: Sequence[Concession]
) -> dict[int, Decimal]:
    """What the patient owes of each by its answers; credits are negative. What a next payer is asked for, too, is no credit before that
    one has answered; what the patient paid after the write-off was asked of nobody, and is a credit whatever payers say.
    """
    return {
        charge: replayed.left.get(charge, OpenCharge()).patient
        + _waits_with_payers(visit, replayed, charge)
        + _paid_since(visit, charge, written_off)
        for charge in charges
    }


def _is_settled(visit: Visit, replayed: Replayed, charge_id: int) -> bool:
    """An answer of the payer that was asked first stands."""
    spoken = [each for each in visit.answers if each.parts.get(charge_id, Parts()).spoken]
    first = min((each.rank for each in spoken), default=0)
    return any(
        each.rank == first and each.key in replayed.order and charge_id not in replayed.overtaken.get(each.key, ())
        for each in spoken
    )


def _waits_with_payers(visit: Visit, replayed: Replayed, charge_id: int) -> Decimal:
    """What of the patient's share next payers were asked for and have not settled."""
    stands = replayed.left.get(charge_id, OpenCharge()).owed_by
    asked = [(each.payer_id, replayed.handed_over.get(each.claim_id, {})) for each in visit.handovers]
    total = ZERO
    for payer, moves in (*asked, *replayed.passed_on.items()):
        handed = moves[charge_id].insurance if charge_id in moves else ZERO
        total += max(min(handed, stands.get(payer, ZERO)), ZERO)
    return total


def _paid_since(visit: Visit, charge_id: int, written_off: Sequence[Concession]) -> Decimal:
    """What the patient paid after the charge was last written off, less what was given back since."""
    last = max((each.first_entry for each in written_off if each.written_off(charge_id)), default=0)
    later = [act.moved.get(charge_id, OpenCharge()) for act in visit.acts if act.since > last]
    return max(sum((each.paid_by_patient for each in later), ZERO), ZERO)
