"""What a CLP says of each of our lines, with each adjustment classed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.remittances.rules.billed import BilledLine
from apps.remittances.rules.classes import CENT, AdjustmentClass, ClassTable
from apps.remittances.rules.contract import AFTER_ALLOWED
from apps.x12.guides.x835 import Adjustment, RemittedClaim, ServiceLine

ZERO = Decimal("0.00")
# Of a CPT or HCPCS code, and of its modifiers.
PROCEDURE_LENGTH, MODIFIER_LENGTH = 5, 2


@dataclass(frozen=True, slots=True)
class ClassedAdjustment:
    group: str
    carc: str
    amount: Decimal
    adjustment_class: AdjustmentClass
    segment: int


@dataclass(frozen=True, slots=True)
class AdjudicatedLine:
    """Dollars. `line` is empty for what is said of the claim as a whole; `position` is the SVC's, from 1, then 0.

    `stated_allowed` is AMT*B6; `decided_as` the code with its modifiers ("99212:25") by which the payer decided, where it is another
    than ours. What is said of the claim beside its lines has no charge, and its payment is what it takes off theirs; `takes_all` where
    nothing of them is left, neither paid nor the patient's.
    """

    line: BilledLine | None
    position: int
    charge: Decimal
    paid: Decimal
    adjustments: tuple[ClassedAdjustment, ...]
    remark_codes: tuple[str, ...]
    segment: int
    stated_allowed: Decimal | None = None
    decided_as: str = ""
    takes_all: bool = False

    def of_class(self, adjustment_class: AdjustmentClass) -> Decimal:
        total = ZERO
        for item in self.adjustments:
            if item.adjustment_class is adjustment_class:
                total += item.amount
        return total

    @property
    def contractual(self) -> Decimal:
        return self.of_class(AdjustmentClass.CONTRACTUAL)

    @property
    def cost_share(self) -> Decimal:
        return self.of_class(AdjustmentClass.COST_SHARE)

    @property
    def denied(self) -> Decimal:
        return self.of_class(AdjustmentClass.DENIAL)

    @property
    def allowed(self) -> Decimal:
        return self.paid + self.cost_share + self.of_class(AdjustmentClass.PRIOR_PAYER)

    @property
    def is_denied(self) -> bool:
        """DOMAIN 5: charge > 0, paid and cost share 0, some amount of class denial."""
        grants_nothing = self.charge > 0 and not self.paid and not self.cost_share
        return (grants_nothing or self.takes_all) and self.denied > 0

    @property
    def allowed_otherwise(self) -> bool:
        """The payer states another allowed amount than its payment, the patient's share and the prior payer's part come to.

        What is taken off after the allowed amount was found may be in it. Where anything is denied, payers state either.
        """
        if self.stated_allowed is None or self.charge <= 0 or self.denied:
            return False
        afterwards = sum((item.amount for item in self.adjustments if item.carc in AFTER_ALLOWED), ZERO)
        return self.stated_allowed not in (self.allowed, self.allowed + afterwards)

    @property
    def needs_contract_check(self) -> bool:
        """Nothing allowed by 45 alone: no denial, but no contract pays nothing either. A line of a cent reports; nobody is to pay it."""
        only_45 = self.adjustments and all(item.carc == "45" for item in self.adjustments)
        return bool(only_45) and self.charge > CENT and not self.allowed and self.contractual == self.charge


def adjudicate(
    remitted: RemittedClaim, matches: Sequence[BilledLine | None], table: ClassTable
) -> tuple[AdjudicatedLine, ...]:
    """A record for each of our lines (several SVC of one line are one record), then one for the claim as a whole where the
    payer adjusts it as a whole or gives no lines. SVC of no line of ours (they carry no money, see `plan`) are left out.
    """
    found: dict[int, AdjudicatedLine] = {}
    for position, (line, ours) in enumerate(zip(remitted.lines, matches, strict=True), start=1):
        if ours is not None:
            fresh = _line(line, ours, position, remitted.remark_codes, table)
            before = found.get(ours.line_id)
            found[ours.line_id] = _joined(before, fresh) if before else fresh
    whole = _whole(remitted, table, found.values())
    return (*found.values(), *([whole] if whole else []))


def _line(
    line: ServiceLine, ours: BilledLine, position: int, of_the_claim: Sequence[str], table: ClassTable
) -> AdjudicatedLine:
    """What MOA and MIA remark on the claim is remarked on each of its lines: the lines are what is appealed, or held from a patient."""
    remarks = tuple(dict.fromkeys((*line.remark_codes, *of_the_claim)))
    adjustments = _classed(line.adjustments, line.charge, remarks, table)
    decided_as = _decided_as(line, ours)
    return AdjudicatedLine(
        ours, position, line.charge, line.paid, adjustments, remarks, line.segment, line.allowed, decided_as
    )


def _decided_as(line: ServiceLine, ours: BilledLine) -> str:
    """SVC01, which a further payer is told in SVD03; a missing modifier alone is no other code (DOMAIN 4, bundling)."""
    if line.procedure == ours.procedure or len(line.procedure) != PROCEDURE_LENGTH:
        return ""
    return ":".join((line.procedure, *(each for each in line.modifiers if len(each) == MODIFIER_LENGTH)))


def _whole(remitted: RemittedClaim, table: ClassTable, beside: Iterable[AdjudicatedLine]) -> AdjudicatedLine | None:
    if remitted.lines and not remitted.adjustments:
        return None
    charge, paid = remitted.charge, remitted.paid
    if remitted.lines:
        charge, paid = ZERO, -sum((item.amount for item in remitted.adjustments), ZERO)
    adjustments = _classed(remitted.adjustments, remitted.charge, remitted.remark_codes, table)
    whole = AdjudicatedLine(None, 0, charge, paid, adjustments, remitted.remark_codes, remitted.segment)
    shares = sum((line.cost_share for line in beside), whole.cost_share)
    return replace(whole, takes_all=bool(remitted.lines) and not remitted.paid and not shares)


def _classed(
    adjustments: Sequence[Adjustment], charge: Decimal, remarks: Sequence[str], table: ClassTable
) -> tuple[ClassedAdjustment, ...]:
    return tuple(
        ClassedAdjustment(
            item.group,
            item.reason,
            item.amount,
            table.classify(item.group, item.reason, charge=charge, remarks=remarks),
            item.segment,
        )
        for item in adjustments
    )


def _joined(one: AdjudicatedLine, other: AdjudicatedLine) -> AdjudicatedLine:
    return AdjudicatedLine(
        one.line,
        one.position,
        one.charge + other.charge,
        one.paid + other.paid,
        one.adjustments + other.adjustments,
        tuple(dict.fromkeys(one.remark_codes + other.remark_codes)),
        one.segment,
        None if None in (one.stated_allowed, other.stated_allowed) else _sum(one.stated_allowed, other.stated_allowed),
        one.decided_as if one.decided_as == other.decided_as else "",
    )


def _sum(*amounts: Decimal | None) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
