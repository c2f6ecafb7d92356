"""A payer's paper (EOB) entered by a person: an 835 of it is written here and posted like one that came."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.models import User
from apps.core.money import ZERO
from apps.practice.models import Payer
from apps.remittances.models import HandRemittance, RemittancePayment
from apps.remittances.rules.entered import FROM_CASH_NOT_APPLIED, EnteredPayment, imbalances
from apps.remittances.rules.hand_records import plain
from apps.remittances.rules.words import dollars
from apps.remittances.selectors.parked import free_of
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.services.hand_files import (
    HandEntryError,
    HandWork,
    check_day,
    header_of_payer,
    post_by_hand,
    written_claims,
)
from apps.remittances.services.paper_copies import lock_number, same_number

METHODS = {"CHK": "Check", "ACH": "Bank transfer (EFT)", "NON": "No payment"}


class KnownPaymentError(HandEntryError):
    """It is here already, as `payment`."""

    def __init__(self, payment: RemittancePayment) -> None:
        super().__init__("This payment is here already: same payer, number and amount. Nothing is posted twice.")
        self.payment = payment


@dataclass(frozen=True, slots=True, kw_only=True)
class EobHead:
    """`method` is one of METHODS, `trace_number` the check's or the EFT's."""

    payer: Payer
    trace_number: str
    paid_on: date
    method: str = "CHK"


def enter_eob(
    head: EobHead, entered: EnteredPayment, *, leave_rest: bool, note: str, acting_user: User, now: datetime
) -> RemittancePayment:
    """Post it, poster and note kept. `leave_rest`: what of the payment no claim explains waits as an exception, as of any 835.

    Raises HandEntryError, and nothing has changed: where a line does not add up, where it came before, where a day is not past.
    """
    trace_number = plain(head.trace_number)
    _check(head, trace_number, entered, leave_rest, now)
    with transaction.atomic():
        lock_number(trace_number, entered.amount)  # before the claims, as the posting of a file does
        billed_claims(Q(pk__in=[each.billed.claim_id for each in entered.claims]))  # locked before anything is written
        known = RemittancePayment.objects.filter(
            Q(payer=head.payer) | Q(payer=None, payer_name__iexact=head.payer.name),
            same_number(trace_number, entered.amount),
            duplicate_of=None,
            undone_by_hand=None,
        ).first()
        if known is not None and entered.amount:
            raise KnownPaymentError(known)
        _check_drawn(head, entered)
        told = {"trace_number": trace_number, "paid_on": head.paid_on, "amount": entered.amount}
        header = header_of_payer(head.payer, method=head.method if entered.amount else "NON", **told)
        work = HandWork(purpose=HandRemittance.Purpose.EOB, acting_user=acting_user, note=note, now=now)
        posted = post_by_hand(header, written_claims(entered.claims), entered.adjustments, work)
        if posted.duplicate_of is not None:
            raise KnownPaymentError(posted.duplicate_of)
        record(
            "enter_eob",
            acting_user=acting_user,
            now=now,
            subject_kind="remittance_file",
            subject_public_id=posted.file.public_id,
            patients=[
                row.claim.patient.public_id for row in posted.claims.select_related("claim__patient") if row.claim
            ],
            amount=str(entered.amount),
        )
    return posted


def _check_drawn(head: EobHead, entered: EnteredPayment) -> None:
    """A paper of no payment may place money that is here already (PLB CS): no more than is, and not what is listed as set apart."""
    drawn = sum((each.amount for each in entered.adjustments if each.reason == FROM_CASH_NOT_APPLIED), ZERO)
    if entered.amount or drawn <= ZERO:
        return
    lock_until_commit("cash not applied", head.payer.pk)
    free = max(free_of(head.payer.pk), ZERO)
    if drawn > free:
        raise HandEntryError(
            f"CS {dollars(drawn)} is more than what waits of this payer in cash not applied, {dollars(free)}. "
            "Money that was set apart is applied under Remittances, Set apart."
        )


def _check(head: EobHead, trace_number: str, entered: EnteredPayment, leave_rest: bool, now: datetime) -> None:
    if not trace_number:
        raise HandEntryError("Give the number of the check or transfer; of an EOB without a payment its own.")
    check_day("payment", head.paid_on, now=now)
    if any(line.paid < 0 for claim in entered.claims for line in claim.lines):
        raise HandEntryError("Paid is never less than nothing: what the payer takes back is entered as it was paid.")
    numbers = [claim.billed.claim_id for claim in entered.claims]
    if len(set(numbers)) < len(numbers):
        raise HandEntryError("Each claim may be named once.")
    for each in imbalances(entered):
        if each.claim or not entered.claims or not leave_rest:
            place = f"Claim {each.claim}, line {each.line}: " if each.claim else ""
            raise HandEntryError(f"{place}{each.sentence}")
