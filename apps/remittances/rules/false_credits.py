"""A patient's credit beside a write-off of the same share is nobody's money: the write-off gives way before it (DOMAIN 4). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.effect import Concession, TakenBack, of_patients_alone, rest_without, still_given_up
from apps.remittances.rules.movement import ZERO, OpenCharge, Parts
from apps.remittances.rules.replay import Replayed, Visit


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """What people gave up, and by entry what of that is taken back already."""

    concessions: Sequence[Concession]
    taken: Mapping[int, TakenBack]

    @property
    def standing(self) -> list[Concession]:
        """Of the patient's share alone, the oldest first."""
        return of_patients_alone(still_given_up(self.concessions, self.taken))

    def of(self, charge_id: int) -> Decimal:
        return sum((each.written_off(charge_id) for each in self.standing), ZERO)

    def last(self, charge_id: int) -> int:
        """The entry by which it was last written off."""
        return max((each.first_entry for each in self.standing if each.written_off(charge_id)), default=0)

    def without(self, charges: Collection[int]) -> dict[int, TakenBack]:
        return self.down_to(dict.fromkeys(charges, ZERO))

    def down_to(self, stays: Mapping[int, Decimal]) -> dict[int, TakenBack]:
        """By entry: all that is taken back where of each of these charges no more than so much stays written off, dollars. The oldest
        gives way first.
        """
        found = dict(self.taken)
        first = {each.entry_id: each for each in self.concessions}
        excess = {charge: max(self.of(charge) - amount, ZERO) for charge, amount in stays.items()}
        for each in self.standing:
            again = {charge: min(amount, max(each.written_off(charge), ZERO)) for charge, amount in excess.items()}
            if any(again.values()):
                found[each.entry_id] = TakenBack(first[each.entry_id], rest_without(each, again))
                excess = {charge: amount - again[charge] for charge, amount in excess.items()}
        return found


def credits_beside(visit: Visit, replayed: Replayed, written_off: WrittenOff) -> frozenset[int]:
    """The charges of which something is written off while the patient has a credit. One whose first payer has taken its answer back waits
    for the next: what the share is nobody knows.
    """
    charges = {charge for each in written_off.standing for charge in each.moved if written_off.of(charge) > ZERO}
    known = frozenset(charge for charge in charges if _is_settled(visit, replayed, charge))
    asked = asked_of_patient(visit, replayed, known, written_off)
    return frozenset(charge for charge in known if asked[charge] < ZERO)


def asked_of_patient(
    visit: Visit, replayed: Replayed, charges: Collection[int], written_off: WrittenOff
) -> dict[int, Decimal]:
    """What the patient owes of each by its answers; credits are negative. What a next payer is asked for, too, is no credit before that
    one has answered; what the patient paid after the write-off was asked of nobody, and is a credit whatever payers say.
    """
    return {
        charge: replayed.left.get(charge, OpenCharge()).patient
        + _waits(visit, replayed, charge)
        + _paid_since(visit, charge, written_off.last(charge))
        for charge in charges
    }


def _is_settled(visit: Visit, replayed: Replayed, charge_id: int) -> bool:
    spoken = [each for each in visit.answers if each.parts.get(charge_id, Parts()).spoken]
    first = min((each.rank for each in spoken), default=0)
    return any(
        each.rank == first and each.key in replayed.order and charge_id not in replayed.overtaken.get(each.key, ())
        for each in spoken
    )


def _waits(visit: Visit, replayed: Replayed, charge_id: int) -> Decimal:
    stands = replayed.left.get(charge_id, OpenCharge()).owed_by
    total = ZERO
    for each in visit.handovers:
        moves = replayed.handed_over.get(each.claim_id, {})
        handed = moves[charge_id].insurance if charge_id in moves else ZERO
        total += max(min(handed, stands.get(each.payer_id, ZERO)), ZERO)
    return total


def _paid_since(visit: Visit, charge_id: int, entry_id: int) -> Decimal:
    later = [act.moved.get(charge_id, OpenCharge()) for act in visit.acts if act.since > entry_id]
    return max(sum((each.paid_by_patient for each in later), ZERO), ZERO)
