"""A remitted claim's figures line by line, as X221A1 1.10.2.1 balances them: what was charged less what was adjusted is what was paid."""

from dataclasses import dataclass
from decimal import Decimal

from apps.x12.guides.x835 import Adjustment, RemittedClaim

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ProofRow:
    """Dollars, and the segment that states `charge` and `paid`; each of `adjustments` names its own. `words` say which it is."""

    words: str
    charge: Decimal
    paid: Decimal
    segment: int
    adjustments: tuple[Adjustment, ...] = ()
    # What the rows above it take off as well: of a claim, its lines' adjustments.
    above: Decimal = ZERO

    @property
    def adjusted(self) -> Decimal:
        return sum((each.amount for each in self.adjustments), self.above)

    @property
    def rest(self) -> Decimal:
        """0.00 where it balances; else what the payer's figures leave unexplained."""
        return self.charge - self.adjusted - self.paid


@dataclass(frozen=True, slots=True)
class ClaimProof:
    """SVC02 - CAS = SVC03 for each line; CLP03 - all CAS = CLP04 for the claim, in which the lines' adjustments count too."""

    lines: tuple[ProofRow, ...]
    claim: ProofRow

    @property
    def rows(self) -> tuple[ProofRow, ...]:
        """The lines, then the claim."""
        return (*self.lines, self.claim)

    @property
    def holds(self) -> bool:
        return not any(row.rest for row in self.rows)


def claim_proof(item: RemittedClaim) -> ClaimProof:
    lines = tuple(
        ProofRow("-".join((line.procedure, *line.modifiers)), line.charge, line.paid, line.segment, line.adjustments)
        for line in item.lines
    )
    above = sum((line.adjusted for line in lines), ZERO)
    return ClaimProof(lines, ProofRow("Claim", item.charge, item.paid, item.segment, item.adjustments, above))
