"""What other payers decided, as the 837P says it: loops 2320, 2330A, 2330B and 2430."""

from collections.abc import Sequence

from apps.claims.rules.snapshot import AdjustmentView, ClaimView, DecisionView, LineView, OtherPayerView
from apps.x12.guides.parts import ProcedureCode
from apps.x12.guides.x835 import Adjustment
from apps.x12.guides.x837p import ClaimPayer, LineDecision, OtherCoverage, OtherInsured

RANKS = {1: "P", 2: "S", 3: "T"}
MOST_REMARKS = 5  # an MOA holds no more


def other_coverages(claim: ClaimView) -> tuple[OtherCoverage, ...]:
    return tuple(_coverage(claim, other) for other in claim.others)


def line_decisions(line: LineView, claim: ClaimView) -> tuple[LineDecision, ...]:
    return tuple(
        _decision(line, other, other.lines[line.number]) for other in claim.others if line.number in other.lines
    )


def _coverage(claim: ClaimView, other: OtherPayerView) -> OtherCoverage:
    """X222A1 2320: the remaining liability and the date stand here only where the lines do not say them."""
    whole = other.whole
    by_line = bool(other.lines)
    return OtherCoverage(
        payer_rank=RANKS[other.rank],
        relationship=other.coverage.relationship,
        payer=ClaimPayer(name=other.payer.name, id=other.payer.claims_id),
        insured=_insured(claim, other),
        group_number=other.coverage.group_number,
        filing_indicator=other.payer.filing_indicator,
        adjustments=_adjustments(whole.adjustments) if whole else (),
        paid=other.paid,
        remaining=whole.patients_share if whole and not by_line else None,
        remark_codes=other.remark_codes[:MOST_REMARKS],
        payer_claim_number=other.payer_claim_number,
        decided_on=whole.decided_on if whole and not by_line else None,
    )


def _insured(claim: ClaimView, other: OtherPayerView) -> OtherInsured:
    person = claim.patient if other.coverage.is_self else other.coverage.subscriber
    return OtherInsured(last_name=person.last_name, first_name=person.first_name, member_id=other.coverage.member_id)


def _decision(line: LineView, other: OtherPayerView, said: DecisionView) -> LineDecision:
    return LineDecision(
        payer_id=other.payer.claims_id,
        paid=said.paid,
        procedure=_procedure(line, said),
        units=line.units,
        decided_on=said.decided_on,
        adjustments=_adjustments(said.adjustments),
        remaining=said.patients_share or None,
    )


def _procedure(line: LineView, said: DecisionView) -> ProcedureCode:
    """X222A1 2430 SVD03: the code by which the payer decided."""
    code, *modifiers = said.procedure.split(":") if said.procedure else (line.procedure, *line.modifiers)
    return ProcedureCode(code, tuple(modifiers))


def _adjustments(said: Sequence[AdjustmentView]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(each.group, each.carc, each.amount) for each in said)
