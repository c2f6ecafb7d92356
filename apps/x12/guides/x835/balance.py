"""The three balances of a remittance (X221A1 1.10.2.1). Pure, reported record by record, never raising."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.x12.guides.x835.records import Adjustment, ProviderAdjustment, Remittance, RemittedClaim

_ZERO = Decimal()


class BalanceLevel(StrEnum):
    LINE = "line"
    CLAIM = "claim"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`computed` is what the parts give, `stated` what the record says, dollars. `claim` and `line` are positions,
    0-based, where they apply.
    """

    level: BalanceLevel
    segment: int
    computed: Decimal
    stated: Decimal
    claim: int | None = None
    line: int | None = None

    @property
    def difference(self) -> Decimal:
        return self.computed - self.stated


def payment_difference(remittance: Remittance) -> Decimal:
    """sum(CLP04) - sum(PLB) - BPR02: zero for a balanced payment."""
    paid = sum([claim.paid for claim in remittance.claims], _ZERO)
    return paid - _total(remittance.provider_adjustments) - remittance.amount


def _total(adjustments: Sequence[Adjustment | ProviderAdjustment]) -> Decimal:
    total = _ZERO
    for item in adjustments:
        total += item.amount
    return total


def claim_imbalances(claim: RemittedClaim, position: int = 0) -> tuple[Imbalance, ...]:
    """The lines of one claim and the claim itself that do not balance. `position` is the claim's, 0-based."""
    found = []
    rest = claim.charge - claim.paid
    for adjustment in claim.adjustments:
        rest -= adjustment.amount
    for number, line in enumerate(claim.lines):
        excess = line.charge - line.paid
        rest -= excess
        for adjustment in line.adjustments:
            excess -= adjustment.amount
        if excess:
            rest += excess
            found.append(Imbalance(BalanceLevel.LINE, line.segment, line.paid + excess, line.paid, position, number))
    if rest:
        found.append(Imbalance(BalanceLevel.CLAIM, claim.segment, claim.paid + rest, claim.paid, position))
    return tuple(found)


def imbalances(remittance: Remittance) -> tuple[Imbalance, ...]:
    """All that does not balance in one payment, lines first, the payment last. Empty: all three levels balance."""
    found = [item for position, claim in enumerate(remittance.claims) for item in claim_imbalances(claim, position)]
    difference = payment_difference(remittance)
    if difference:
        computed = remittance.amount + difference
        found.append(Imbalance(BalanceLevel.PAYMENT, remittance.segment, computed, remittance.amount))
    return tuple(found)
