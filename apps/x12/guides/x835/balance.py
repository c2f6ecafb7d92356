"""The three balances of a remittance (X221A1 1.10.2.1). Pure, reported record by record, never raising."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.x12.guides.x835.records import Remittance, RemittedClaim, ServiceLine


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


def line_difference(line: ServiceLine) -> Decimal:
    """SVC02 - sum(CAS) - SVC03: zero for a balanced line."""
    return line.charge - sum((item.amount for item in line.adjustments), Decimal()) - line.paid


def claim_difference(claim: RemittedClaim) -> Decimal:
    """CLP03 - sum(claim and line CAS) - CLP04: zero for a balanced claim."""
    adjusted = sum((item.amount for item in claim.adjustments), Decimal())
    for line in claim.lines:
        adjusted = sum((item.amount for item in line.adjustments), adjusted)
    return claim.charge - adjusted - claim.paid


def payment_difference(remittance: Remittance) -> Decimal:
    """sum(CLP04) - sum(PLB) - BPR02: zero for a balanced payment."""
    paid = sum((claim.paid for claim in remittance.claims), Decimal())
    taken = sum((item.amount for item in remittance.provider_adjustments), Decimal())
    return paid - taken - remittance.amount


def claim_imbalances(claim: RemittedClaim, position: int = 0) -> tuple[Imbalance, ...]:
    """The lines of one claim and the claim itself that do not balance."""
    found = []
    for number, line in enumerate(claim.lines):
        difference = line_difference(line)
        if difference:
            found.append(
                Imbalance(BalanceLevel.LINE, line.segment, line.paid + difference, line.paid, position, number)
            )
    difference = claim_difference(claim)
    if difference:
        found.append(Imbalance(BalanceLevel.CLAIM, claim.segment, claim.paid + difference, claim.paid, position))
    return tuple(found)


def imbalances(remittance: Remittance) -> tuple[Imbalance, ...]:
    """All that does not balance in one payment, lines first, the payment last. Empty: all three levels balance."""
    found = [item for position, claim in enumerate(remittance.claims) for item in claim_imbalances(claim, position)]
    difference = payment_difference(remittance)
    if difference:
        computed = remittance.amount + difference
        found.append(Imbalance(BalanceLevel.PAYMENT, remittance.segment, computed, remittance.amount))
    return tuple(found)
