"""A posting that a person writes, beside a remittance that cannot be posted as it stands."""

from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass
from apps.remittances.rules.movement import Parts, first_movement
from apps.remittances.rules.outcomes import Outcome
from apps.remittances.rules.plans import PlannedPosting
from apps.remittances.rules.shares import spread
from apps.remittances.rules.words import dollars

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandPosting:
    """Dollars of the whole claim, as the payer's paper or portal gives them. What nothing names is denied by `denial_code`."""

    paid: Decimal
    contractual: Decimal = ZERO
    deductible: Decimal = ZERO
    coinsurance: Decimal = ZERO
    copay: Decimal = ZERO
    denial_code: str = ""

    @property
    def cost_share(self) -> Decimal:
        return self.deductible + self.coinsurance + self.copay

    def left(self, total: Decimal) -> Decimal:
        return total - self.paid - self.contractual - self.cost_share


def problem_of(hand: HandPosting, total: Decimal) -> str:
    """Why it cannot be posted, for the person who wrote it; empty when it can."""
    left = hand.left(total)
    if left < 0:
        return f"Together that is {dollars(-left)} more than the claim's charge of {dollars(total)}."
    if left > 0 and not hand.denial_code:
        return f"{dollars(left)} of the charge is not named. Say by which code the payer denied it."
    return ""


def plan_by_hand(hand: HandPosting, billed: BilledClaim, *, payer_id: int, segment: int) -> PlannedPosting:
    """Spread over the claim's lines by their charges; the payer's word is kept of the claim as a whole."""
    weights = [line.amount for line in billed.lines]
    parts = zip(
        billed.lines,
        spread(hand.paid, weights),
        spread(hand.contractual, weights),
        spread(hand.cost_share, weights),
        strict=True,
    )
    line = AdjudicatedLine(None, 0, billed.total, hand.paid, _adjustments(hand, billed.total, segment), (), segment)
    return PlannedPosting(
        outcome=Outcome.POSTED_WITH_DENIAL if line.denied else Outcome.POSTED,
        billed=billed,
        payer_id=payer_id,
        status_code="1",
        movements={ours.charge_id: first_movement(Parts(*amounts)) for ours, *amounts in parts},
        lines=(line,),
    )


def _adjustments(hand: HandPosting, total: Decimal, segment: int) -> tuple[ClassedAdjustment, ...]:
    named = (
        ("CO", "45", hand.contractual, AdjustmentClass.CONTRACTUAL),
        ("PR", "1", hand.deductible, AdjustmentClass.COST_SHARE),
        ("PR", "2", hand.coinsurance, AdjustmentClass.COST_SHARE),
        ("PR", "3", hand.copay, AdjustmentClass.COST_SHARE),
        ("CO", hand.denial_code, hand.left(total), AdjustmentClass.DENIAL),
    )
    return tuple(
        ClassedAdjustment(group, carc, amount, adjustment_class, segment)
        for group, carc, amount, adjustment_class in named
        if amount
    )
