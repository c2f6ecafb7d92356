"""What of the patient's share further payers are asked for: by a claim of ours, or because a payer passed its claim on to them. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.remittances.rules.movement import ZERO, Movement, OpenCharge


@dataclass(slots=True)
class Asked:
    """Grows as a visit's answers are gone through. `billed`: the payers that have a claim of their own; `dollars` by payer and charge;
    `passed_on` by payer, what moved into the name of one that has none.
    """

    billed: frozenset[int]
    dollars: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    passed_on: dict[int, dict[int, Movement]] = field(default_factory=dict)

    def of(self, payer_id: int, charge_id: int) -> Decimal:
        return self.dollars.get((payer_id, charge_id), ZERO)

    def by_claim(self, payer_id: int, now_open: Mapping[int, OpenCharge]) -> dict[int, Movement]:
        """By charge, what a claim to this payer asks it for: all that the answers so far leave with the patient."""
        moves = {}
        for charge_id, stands in now_open.items():
            if stands.patients_share > ZERO:
                moves[charge_id] = _into_its_name(stands.patients_share, payer_id)
                self.dollars[payer_id, charge_id] = self.of(payer_id, charge_id) + stands.patients_share
        return moves

    def as_passed_on(
        self, payer_id: int, charges: Collection[int], now_open: Mapping[int, OpenCharge]
    ) -> dict[int, Movement]:
        """The same of what another payer passed on to this one: of each charge once, when it first speaks of it. So what it refuses is not
        asked from the patient before that is decided (DOMAIN 5, 6), as with a claim of ours.
        """
        if payer_id in self.billed:
            return {}
        new = {
            charge_id: now_open[charge_id]
            for charge_id in charges
            if charge_id in now_open and (payer_id, charge_id) not in self.dollars
        }
        self.dollars |= {(payer_id, charge_id): ZERO for charge_id in new}
        moves = self.by_claim(payer_id, new)
        self.passed_on.setdefault(payer_id, {}).update(moves)
        return moves


def _into_its_name(share: Decimal, payer_id: int) -> Movement:
    return Movement(ZERO, ZERO, share, -share, {payer_id: share})
