"""A posting that a person writes, beside a remittance that cannot be posted as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.claims.rules.answered_version import answered_version
from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass
from apps.remittances.rules.outcomes import Outcome
from apps.remittances.rules.plans import PlannedPosting
from apps.remittances.rules.shares import spread_parts
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


def plan_by_hand(hand: HandPosting, billed: BilledClaim, payer_id: int, *, segment: int) -> PlannedPosting:
    """Spread over the claim's lines by their charges, a word on each: so it takes the place of what was said of it before."""
    lines = tuple(_lines(hand, billed, segment))
    denies = any(line.denied > 0 for line in lines)
    outcome = Outcome.POSTED_WITH_DENIAL if denies else Outcome.POSTED
    version = answered_version(billed.versions, "", "")
    return PlannedPosting(outcome, billed, payer_id, "1", lines, version=version)


def _lines(hand: HandPosting, billed: BilledClaim, segment: int) -> Iterator[AdjudicatedLine]:
    """Each line's parts sum to its charge, and the lines' parts to what the person named."""
    named = _named(hand, billed.total)
    shares = spread_parts([hand.paid, *(amount for _, _, amount, _ in named)], [line.amount for line in billed.lines])
    for position, (line, (paid, *parts)) in enumerate(zip(billed.lines, shares, strict=True), start=1):
        adjustments = tuple(
            ClassedAdjustment(group, carc, part, adjustment_class, segment)
            for (group, carc, _, adjustment_class), part in zip(named, parts, strict=True)
            if part
        )
        yield AdjudicatedLine(line, position, line.amount, paid, adjustments, (), segment)


def _named(hand: HandPosting, total: Decimal) -> tuple[tuple[str, str, Decimal, AdjustmentClass], ...]:
    return (
        ("CO", "45", hand.contractual, AdjustmentClass.CONTRACTUAL),
        ("PR", "1", hand.deductible, AdjustmentClass.COST_SHARE),
        ("PR", "2", hand.coinsurance, AdjustmentClass.COST_SHARE),
        ("PR", "3", hand.copay, AdjustmentClass.COST_SHARE),
        ("CO", hand.denial_code, hand.left(total), AdjustmentClass.DENIAL),
    )
