"""The balances of what other payers decided (X222A1 1.4.4). Pure, payer by payer, never raising."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.x12.guides.x837p.coordination import LineDecision, OtherCoverage
from apps.x12.guides.x837p.records import Claim

_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class OtherPayerImbalance:
    """`computed` is what the payer's parts say that it paid, `stated` what it says, dollars. `line` is a position, 0-based; None: the
    claim. `segment` is the place of the SBR, or of the line's first SVD.
    """

    payer_id: str
    segment: int
    computed: Decimal
    stated: Decimal
    line: int | None = None

    @property
    def difference(self) -> Decimal:
        return self.computed - self.stated


def other_payer_imbalances(claim: Claim) -> tuple[OtherPayerImbalance, ...]:
    """Of each other payer: a line's charge less its adjustments (2430 CAS) is what the payer paid of the line (SVD02, several where it
    split the line), and these less the claim's adjustments (2320 CAS) are what it paid (AMT*D). Without decisions on lines the claim's
    charge stands for them.

    Not checked: a payer that names no AMT*D at its claim, and one of two under the same id, whose lines nobody can tell apart.
    """
    ids = Counter(coverage.payer.id for coverage in claim.other_coverages)
    return tuple(
        found
        for coverage in claim.other_coverages
        if ids[coverage.payer.id] == 1
        for found in (*_of_lines(claim, coverage.payer.id), *_of_claim(claim, coverage))
    )


def _of_lines(claim: Claim, payer_id: str) -> Iterator[OtherPayerImbalance]:
    for position, line in enumerate(claim.lines):
        decisions = [decision for decision in line.decisions if decision.payer_id == payer_id]
        if decisions:
            adjusted = sum((item.amount for decision in decisions for item in decision.adjustments), _ZERO)
            computed, stated = line.charge - adjusted, _paid(decisions)
            if computed != stated:
                yield OtherPayerImbalance(payer_id, decisions[0].segment, computed, stated, position)


def _of_claim(claim: Claim, coverage: OtherCoverage) -> Iterator[OtherPayerImbalance]:
    if coverage.paid is None:
        return
    payer_id = coverage.payer.id
    decisions = [item for line in claim.lines for item in line.decisions if item.payer_id == payer_id]
    adjusted = sum((item.amount for item in coverage.adjustments), _ZERO)
    computed = (_paid(decisions) if decisions else claim.charge) - adjusted
    if computed != coverage.paid:
        yield OtherPayerImbalance(payer_id, coverage.segment, computed, coverage.paid)


def _paid(decisions: list[LineDecision]) -> Decimal:
    return sum((decision.paid for decision in decisions), _ZERO)
