"""A posting that a person writes, beside a remittance that cannot be posted as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass
from apps.remittances.rules.effect import effect_of
from apps.remittances.rules.movement import Parts
from apps.remittances.rules.outcomes import Outcome
from apps.remittances.rules.plans import PlannedPosting, Situation
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


def plan_by_hand(
    hand: HandPosting, situation: Situation, billed: BilledClaim, payer_id: int, *, segment: int, further: bool
) -> PlannedPosting:
    """Spread over the claim's lines by their charges, a word on each: so it takes the place of what was said of it before."""
    lines = tuple(_lines(hand, billed, segment))
    parts = {line.charge_id: Parts() for line in billed.lines}
    for line in lines:
        if line.line is not None:
            fresh = Parts(line.paid, line.contractual, line.cost_share)
            parts[line.line.charge_id] = parts[line.line.charge_id].plus(fresh)
    return PlannedPosting(
        outcome=Outcome.POSTED_WITH_DENIAL if any(line.denied > 0 for line in lines) else Outcome.POSTED,
        billed=billed,
        payer_id=payer_id,
        status_code="1",
        effect=effect_of(
            parts,
            frozenset(parts),
            open_charges=situation.open_charges,
            concessions=situation.concessions,
            further=further,
        ),
        lines=lines,
    )


def _lines(hand: HandPosting, billed: BilledClaim, segment: int) -> Iterator[AdjudicatedLine]:
    """Each line's parts sum to its charge, and the lines' parts to what the person named: the last line takes what is left."""
    left = [hand.paid, *(amount for _, _, amount, _ in _named(hand, billed.total))]
    for position, line in enumerate(billed.lines, start=1):
        parts = left if position == len(billed.lines) else _share(line.amount, left)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        adjustments = tuple(
            ClassedAdjustment(group, carc, part, adjustment_class, segment)
            for (group, carc, _, adjustment_class), part in zip(_named(hand, billed.total), parts[1:], strict=True)
            if part
        )
        yield AdjudicatedLine(line, position, line.amount, parts[0], adjustments, (), segment)


def _share(charge: Decimal, left: Sequence[Decimal]) -> list[Decimal]:
    """`charge` over what is left of each part; the cents that do not divide fall to the largest, which can bear them."""
    places = sorted(range(len(left)), key=lambda place: left[place])
    shares = spread(charge, [left[place] for place in places])
    return [shares[places.index(place)] for place in range(len(left))]


def _named(hand: HandPosting, total: Decimal) -> tuple[tuple[str, str, Decimal, AdjustmentClass], ...]:
    return (
        ("CO", "45", hand.contractual, AdjustmentClass.CONTRACTUAL),
        ("PR", "1", hand.deductible, AdjustmentClass.COST_SHARE),
        ("PR", "2", hand.coinsurance, AdjustmentClass.COST_SHARE),
        ("PR", "3", hand.copay, AdjustmentClass.COST_SHARE),
        ("CO", hand.denial_code, hand.left(total), AdjustmentClass.DENIAL),
    )
