"""What the payers of a visit have ever said of its charges, against which is weighed what people gave up. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from apps.remittances.rules.movement import ZERO, Parts
from apps.remittances.rules.replay import Answer


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one visit the payers' postings that have come, those that were taken back since among them, and what each charge was
    charged. So the order of arrival decides nothing.
    """

    postings: Sequence[Answer]
    charged: Mapping[int, Decimal]
    paid_by_patient: Mapping[int, Decimal] = field(default_factory=dict)

    def excess(self, charge_id: int, written_off: Decimal, denied_by: frozenset[int | None]) -> Decimal:
        """By how much the others pay, or leave to the patient, more of the charge than those who denied it had left and people did not
        write off; zero or less where it fits. What others reduce counts only as far as something is open (DOMAIN 4), so it needs no room;
        nor does what a payer left to the patient that was asked before those who denied: that is what they were asked for.
        """
        own = [each for each in self.postings if each.payer_id in denied_by]
        others = [each for each in self.postings if each.payer_id not in denied_by]
        settled = max((each.paid + each.contractual for each in _of(charge_id, own)), default=ZERO)
        room = self.charged.get(charge_id, ZERO) - written_off - settled
        paid = self._most(charge_id, others, "paid")
        asked = min((each.rank for each in own), default=0)
        leaving = [each for each in others if each.rank >= asked]
        alone = max((each.paid + max(each.cost_share, ZERO) for each in _of(charge_id, leaving)), default=ZERO)
        return max(sum(paid.values(), ZERO), alone) - room

    def excess_of_money(self, charge_id: int, written_off: Decimal, since: int) -> Decimal:
        """Of what was written off of the patient's share (last by the entry `since`), how much further payers pay for all the same. That
        share is what they are asked for (DOMAIN 4, 6), so what the first payer denied takes nothing of their money before it; that they
        leave it to the patient, too, changes nothing. What the patient paid of it, and what was taken off before it was written off, has
        its room.
        """
        others = [each for each in self.postings if each.rank > 1]
        paid = sum(self._most(charge_id, others, "paid").values(), ZERO)
        share = self._left_by_first(charge_id)
        before = [each for each in others if each.arrived is not None and each.arrived < since]
        reduced = sum(self._most(charge_id, before, "contractual").values(), ZERO)
        settled = self.paid_by_patient.get(charge_id, ZERO) + min(reduced, max(share - written_off, ZERO))
        return min(paid, paid + settled + written_off - share)

    def refusable_by(self, payer_id: int | None, charge_id: int) -> Decimal:
        """Of what was ever left to this payer of the charge, what its last answer neither settles nor leaves to the patient."""
        own = [each for each in self.postings if each.payer_id == payer_id and charge_id in each.parts]
        last = max(own, key=lambda each: each.place).parts[charge_id] if own else Parts()
        return max(self._left_to(payer_id, charge_id) - last.paid - last.contractual - last.cost_share, ZERO)

    def _left_to(self, payer_id: int | None, charge_id: int) -> Decimal:
        """The least that the payers asked before this one ever left to it of the charge; all of the charge to whoever is asked first."""
        rank = self.place_of(payer_id)
        if rank == 1:
            return self.charged.get(charge_id, ZERO)
        between = [each for each in self.postings if 1 < each.rank < rank]
        paid = sum(self._most(charge_id, between, "paid").values(), ZERO)
        return max(self._left_by_first(charge_id) - paid, ZERO)

    def place_of(self, payer_id: int | None) -> int:
        """The first in which it answered; 1 where it has not."""
        return min((each.rank for each in self.postings if each.payer_id == payer_id), default=1)

    def _left_by_first(self, charge_id: int) -> Decimal:
        first = [each for each in self.postings if each.rank == 1]
        told = max((each.paid + each.contractual + each.denied for each in _of(charge_id, first)), default=ZERO)
        return self.charged.get(charge_id, ZERO) - told

    @staticmethod
    def _most(charge_id: int, answers: Iterable[Answer], part: Literal["paid", "contractual"]) -> dict[int, Decimal]:
        """By payer."""
        most: dict[int, Decimal] = defaultdict(Decimal)
        for each in answers:
            for parts in _of(charge_id, [each]):
                most[each.payer_id] = max(most[each.payer_id], getattr(parts, part))
        return most


def _of(charge_id: int, answers: Iterable[Answer]) -> list[Parts]:
    return [each.parts[charge_id] for each in answers if charge_id in each.parts]
