"""What waits in clearing goes to several claims of ours, in part perhaps nowhere: its money is set apart whole, and an 835 of no
payment, written here, takes the parts of the claims from there. So each part is an answer like any other: it is replayed, shown
with its segments, and undone by a reversal.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from apps.core.models import User
from apps.remittances.models import HandRemittance, RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.entered import (
    FROM_CASH_NOT_APPLIED,
    EnteredAdjustment,
    EnteredClaim,
    EnteredPayment,
    imbalances,
)
from apps.remittances.services.hand_files import (
    HandEntryError,
    HandWork,
    header_of_payment,
    post_by_hand,
    written_claims,
)
from apps.remittances.services.parked_work import keep_parked_work
from apps.remittances.services.settle_exception import SettlementError, park, settling
from apps.remittances.services.settlements import mark_settled

_Kind = RemittanceException.Kind
_TAKES_BACK = "This takes money back. Reverse what it takes back on the claims themselves, then set it apart."
_NOT_TO_SPLIT = {
    _Kind.REFUSED_FILE: "A file that was refused has no money to split.",
    _Kind.TEST_FILE: "A test has no money to split.",
    _Kind.PAYMENT_DAY: "Nothing of this payment is posted: enter it from paper with its day.",
    _Kind.NOT_WHOLE: "What may be missing of a file has no amount: its payments are posted.",
    _Kind.UNREADABLE: "What the file spoils has no amount of its own: split the rest of its payment.",
    _Kind.CONTINUATION: "Settle first whether this is a payment of its own.",
    _Kind.CONTRACT_CHECK: "This claim is posted; nothing of it waits.",
    _Kind.REVERSAL: _TAKES_BACK,
}


def why_not_to_split(exception: RemittanceException) -> str:
    """A sentence; empty where its money can be split."""
    if exception.amount < 0:
        return _TAKES_BACK
    return _NOT_TO_SPLIT.get(_Kind(exception.kind), "")


def split_exception(
    *,
    exception_id: str,
    claims: Sequence[EnteredClaim],
    apart: Decimal,
    note: str,
    acting_user: User,
    now: datetime,
) -> RemittancePayment:
    """`claims` and `apart` (dollars that are set apart) are exactly what stands in clearing. Gives the payment of nothing that says
    so. Raises SettlementError, and nothing has changed.
    """
    ids = [each.billed.public_id for each in claims]
    with settling(exception_id, "split", acting_user, now, note, claim_ids=ids) as exception:
        refusal = why_not_to_split(exception)
        if refusal or exception.payment is None:
            raise SettlementError(refusal or "There is no payment here to split.")
        check_parts(exception.amount, claims, apart)
        row = exception.remitted_claim
        if row is not None:
            row.outcome, row.sentence = RemittedClaim.Outcome.SPLIT, note.strip()[:300]
            row.save(update_fields=["outcome", "sentence"])
        mark_settled(exception, note=note, acting_user=acting_user, now=now, entry_id=park(exception, now))
        work = HandWork(
            purpose=HandRemittance.Purpose.SPLIT,
            acting_user=acting_user,
            note=note,
            now=now,
            source=exception,
            drawn=exception.amount - apart,
        )
        posted = post_parts(exception.payment, claims, work)
        keep_parked_work(exception, acting_user=acting_user, now=now)
    return posted


def check_parts(amount: Decimal, claims: Sequence[EnteredClaim], apart: Decimal) -> None:
    """Raises SettlementError with the first thing that does not add up."""
    entered = EnteredPayment(amount, tuple(claims), apart=apart)
    if apart < 0 or any(line.paid < 0 for claim in claims for line in claim.lines):
        raise SettlementError("A part is never less than nothing.")
    numbers = [claim.billed.claim_id for claim in claims]
    if len(set(numbers)) < len(numbers):
        raise SettlementError("Each claim may be named once.")
    if any(claim.sign < 0 for claim in claims):
        raise SettlementError("A part goes to a claim; it takes nothing back.")
    for each in imbalances(entered):
        place = f"Claim {each.claim}, line {each.line}: " if each.claim else ""
        raise SettlementError(f"{place}{each.sentence}")


def post_parts(payment: RemittancePayment, claims: Sequence[EnteredClaim], work: HandWork) -> RemittancePayment:
    """In the caller's transaction. Raises SettlementError where a claim cannot take its part."""
    draws = [EnteredAdjustment(FROM_CASH_NOT_APPLIED, work.drawn)] if work.drawn else []
    try:
        posted = post_by_hand(header_of_payment(payment), written_claims(claims), draws, work)
    except HandEntryError as refusal:
        raise SettlementError(str(refusal)) from None
    stuck = posted.claims.exclude(
        outcome__in=(RemittedClaim.Outcome.POSTED, RemittedClaim.Outcome.POSTED_WITH_DENIAL)
    ).first()
    if stuck is not None:
        raise SettlementError(f"Claim {stuck.claim_control_number}: {stuck.sentence}")
    return posted
