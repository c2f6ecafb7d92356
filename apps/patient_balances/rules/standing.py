"""What a claim's money means for its patient: pure, from the ledger's sums and the claim's state (DOMAIN 6)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from apps.claims.states import ClaimStatus

_S = ClaimStatus
# A payer has spoken, and nobody here is correcting or appealing.
ANSWERED = frozenset({_S.PAID, _S.PARTLY_DENIED, _S.DENIED, _S.FORWARDED, _S.REVERSED, _S.PATIENT_BALANCE, _S.CLOSED})
ZERO = Decimal("0.00")


class Verdict(Enum):
    WAIT = "wait"  # a payer, a denial or a correction is not finished
    NOTHING_LEFT = "nothing_left"
    CREDIT = "credit"  # we owe the patient: listed for refund, never dunned
    TOO_SMALL = "too_small"
    PROTECTED = "protected"  # Medicaid or QMB: never the patient's
    OTHER_COVERAGE = "other_coverage"  # another plan has not been billed
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Receivables in dollars, negative is a credit. `next_payer`: a later claim is out; `other_plan`: none is, but there is a plan."""

    status: ClaimStatus
    insurance: Decimal
    patient: Decimal
    protected: bool = False
    next_payer: bool = False
    other_plan: bool = False


def judge(claim: Standing, minimum: Decimal) -> Verdict:
    if claim.status not in ANSWERED or claim.insurance != ZERO:
        return Verdict.WAIT
    if claim.patient <= ZERO:
        return Verdict.CREDIT if claim.patient < ZERO else Verdict.NOTHING_LEFT
    if claim.status is _S.FORWARDED or claim.next_payer:
        return Verdict.WAIT
    if claim.protected:
        return Verdict.PROTECTED
    if claim.other_plan:
        return Verdict.OTHER_COVERAGE
    return Verdict.OWED if claim.patient >= minimum else Verdict.TOO_SMALL
