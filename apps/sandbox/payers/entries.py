"""One claim's place in a remittance: a decision, its reversal, a repricing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from apps.sandbox.world.payers import CENT, Payer
from apps.sandbox.world.state import Adjustment, Claim, ClaimLine, LineResult, Offset

ZERO = Decimal(0)
REVERSAL = "22"
TAKEN_BACK = Decimal("0.25")
PAIRS = 6  # a PLB segment holds at most six


@dataclass(frozen=True)
class Entry:
    """A CLP with its lines. Amounts of a reversal are negative."""

    claim: Claim
    claim_number: str
    outcome: str  # CLP02
    results: list[LineResult]
    remarks: list[str] = field(default_factory=list)
    interest: Decimal = ZERO

    @property
    def charge(self) -> Decimal:
        return sum((each.line.charge for each in self.results), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((each.paid for each in self.results), ZERO)

    @property
    def patient_share(self) -> Decimal:
        return sum((each.share("PR") for each in self.results), ZERO)


@dataclass(frozen=True)
class Remittance:
    """One payment of one payer. `amount` (BPR02) is what the claims come to less the PLB pairs."""

    payer: Payer
    when: datetime
    trace: str
    entries: list[Entry]
    offsets: list[Offset]

    @property
    def amount(self) -> Decimal:
        paid = sum((each.paid for each in self.entries), ZERO)
        return paid - sum((each.amount for each in self.offsets), ZERO)


def reversal(claim: Claim) -> Entry:
    """The earlier decision with every amount negated, groups and codes as they were."""
    return Entry(claim, claim.claim_number, REVERSAL, [_negated(each) for each in claim.results])


def _negated(result: LineResult) -> LineResult:
    line = result.line
    back = ClaimLine(line.number, line.control, line.procedure, line.modifiers, -line.charge, line.units)
    adjustments = [Adjustment(each.group, each.code, -each.amount) for each in result.adjustments]
    return LineResult(back, -result.paid, -result.allowed, adjustments)


def repriced(results: list[LineResult]) -> list[LineResult]:
    """Paid again at a lower allowance: what is taken back becomes contractual."""
    return [_cut(each) for each in results]


def _cut(result: LineResult) -> LineResult:
    cut = (result.paid * TAKEN_BACK).quantize(CENT, ROUND_HALF_UP)
    others = [each for each in result.adjustments if (each.group, each.code) != ("CO", "45")]
    contractual = sum((each.amount for each in result.adjustments if each not in others), cut)
    adjustments = [Adjustment("CO", "45", contractual), *others] if contractual else others
    return LineResult(result.line, result.paid - cut, result.allowed - cut, adjustments, result.remarks)


def pairs_by_segment(offsets: Sequence[Offset]) -> Iterator[Sequence[Offset]]:
    for start in range(0, len(offsets), PAIRS):
        yield offsets[start : start + PAIRS]
