"""What a claim's money means for its patient: pure, from the ledger's sums and the claim's state (DOMAIN 6)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from apps.claims.states import REFUSED, ClaimStatus

_S = ClaimStatus
# A payer has spoken, and nobody here is correcting.
ANSWERED = frozenset(
    {
        _S.PAID,
        _S.PARTLY_DENIED,
        _S.DENIED,
        _S.FORWARDED,
        _S.IN_APPEAL,
        _S.REVERSED,
        _S.PATIENT_BALANCE,
        _S.CLOSED,
    }
)
# Of these no appeal and no next payer looks after what is still open, and no denial that was decided.
_PAID = frozenset({_S.PAID, _S.PATIENT_BALANCE})
ZERO = Decimal("0.00")


class Verdict(Enum):
    WAIT = "wait"  # a payer, a denial or a correction is not finished
    NOTHING_LEFT = "nothing_left"
    CREDIT = "credit"  # we owe the patient: listed for refund, never dunned
    TOO_SMALL = "too_small"  # below the practice's minimum: written off rather than asked for
    PAYER_CREDIT = "payer_credit"  # a payer paid more than it owed: a person finds out
    UNANSWERED = "unanswered"  # a payer left a part open that it has not refused, or whose refusal is decided
    VOIDED_WITH_MONEY = "voided_with_money"
    PROTECTED = "protected"  # Medicaid or QMB: never the patient's
    OTHER_COVERAGE = "other_coverage"  # another plan has not been billed
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Receivables in dollars, negative is a credit.

    The money of a visit's claims is one, and the last payer's claim looks after it. `next_payer`: there is a later claim than this;
    `other_plan`: none is, but there is a plan; `bills_on`: by itself the next claim is built for it, be it that the patient has paid.
    `undecided`: of something that its payer refused nobody has decided what becomes of it. `disputed`: of another claim of the visit
    an answer is fought or awaited. `contested`: a part of the patient's stands on a line of which the payer still owes something.
    """

    status: ClaimStatus
    insurance: Decimal
    patient: Decimal
    contested: bool = False
    undecided: bool = False
    protected: bool = False
    next_payer: bool = False
    disputed: bool = False
    other_plan: bool = False
    bills_on: bool = False


def judge(claim: Standing, minimum: Decimal) -> Verdict:
    if claim.status is _S.VOIDED:
        return Verdict.VOIDED_WITH_MONEY if claim.insurance or claim.patient else Verdict.WAIT
    if claim.status not in ANSWERED or claim.next_payer or _is_the_payers(claim):
        return _while_it_waits(claim)
    if claim.insurance < ZERO:
        return Verdict.PAYER_CREDIT
    if claim.patient <= ZERO:
        return Verdict.CREDIT if claim.patient < ZERO else Verdict.NOTHING_LEFT
    return _of_the_patient(claim, minimum)


def _while_it_waits(claim: Standing) -> Verdict:
    if claim.next_payer or claim.disputed:
        done = claim.status in ANSWERED and not claim.insurance and not claim.patient
        return Verdict.NOTHING_LEFT if done else Verdict.WAIT
    nobodys = claim.status in _PAID or (claim.status in REFUSED and not claim.undecided)
    return Verdict.UNANSWERED if nobodys and claim.insurance > ZERO else Verdict.WAIT


def _is_the_payers(claim: Standing) -> bool:
    """While an appeal runs, for months, the cost share of the lines that it does not touch is owed all the same (DOMAIN 6)."""
    appealed = claim.status is _S.IN_APPEAL and claim.undecided
    return claim.insurance > ZERO and not (appealed and claim.patient > ZERO and not claim.contested)


def _of_the_patient(claim: Standing, minimum: Decimal) -> Verdict:
    if claim.status is _S.FORWARDED:
        return Verdict.WAIT
    if claim.protected:
        return Verdict.PROTECTED
    if claim.other_plan:
        return Verdict.OTHER_COVERAGE
    if claim.patient >= minimum:
        return Verdict.OWED
    return Verdict.WAIT if claim.insurance else Verdict.TOO_SMALL
