"""The payer takes an answer back by letter, without a CLP 22: a person reverses it, once, by an 835 of no payment written here.

What the reversal frees waits in cash not applied (PLB WO), where the payer's withholding in a later payment meets it.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.remittances.models import HandRemittance, RemittancePayment, RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.entered import EnteredAdjustment
from apps.remittances.rules.hand_records import reversal_of
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.selectors.visits import visits_so_far
from apps.remittances.services.hand_files import (
    HandEntryError,
    HandWork,
    check_day,
    header_of_payment,
    people_of,
    post_by_hand,
)

# PLB03-1 WO, negative: what the payer is owed since, until it withholds it.
OWED_TO_THE_PAYER = "WO"
_STANDS = (RemittedClaim.Outcome.POSTED, RemittedClaim.Outcome.POSTED_WITH_DENIAL)


def why_not_to_reverse(row: RemittedClaim) -> str:
    """A sentence; empty where its posting stands and can be reversed."""
    if row.claim is None or row.outcome not in _STANDS:
        return "Nothing of this is posted."
    if RemittedClaim.objects.filter(reverses=row).exists():
        return "This is reversed already."
    if HandRemittance.objects.filter(takes_back=row).exists():
        return "This was reversed by hand already."
    return ""


@transaction.atomic
def reverse_by_hand(
    *, remitted_claim: RemittedClaim, letter_on: date, note: str, acting_user: User, now: datetime
) -> RemittancePayment:
    """Gives the payment of nothing that says so. `letter_on`: the day of the payer's letter.

    Raises HandEntryError where nothing stands to be reversed, also because someone did meanwhile, and nothing has changed.
    """
    if not note.strip():
        raise HandEntryError("Say in a note which letter asks for it, for those who read it later.")
    check_day("letter", letter_on, now=now)
    billed = next(
        (each for each in billed_claims(Q(pk=remitted_claim.claim_id)) if each.claim_id == remitted_claim.claim_id),
        None,
    )
    row = RemittedClaim.objects.select_related("claim__patient", "payment__payer", "payment__file").get(
        pk=remitted_claim.pk
    )
    refusal = why_not_to_reverse(row)
    if refusal or billed is None:
        raise HandEntryError(refusal)
    # A payment of a day that is still to come was mistyped, and no letter is older than it.
    if letter_on < row.payment.paid_on <= practice_date(now):
        raise HandEntryError("The letter is older than the payment that it takes back.")
    work = HandWork(
        purpose=HandRemittance.Purpose.REVERSAL, acting_user=acting_user, note=note, now=now, takes_back=row
    )
    posted = _post(row, billed, letter_on, work)
    record(
        "reverse_by_hand",
        acting_user=acting_user,
        now=now,
        subject_kind="remitted_claim",
        subject_public_id=row.payment.file.public_id,
        patients=[row.claim.patient.public_id] if row.claim else [],
        paid=str(row.paid),
    )
    return posted


def _post(row: RemittedClaim, billed: BilledClaim, letter_on: date, work: HandWork) -> RemittancePayment:
    booked = visits_so_far([billed])[billed.encounter_id].booked[row.key]
    patient = people_of([billed.claim_id])[billed.claim_id].patient
    said = reversal_of(billed, booked.lines, patient, row.payer_claim_number)
    # The payment's own name: what was reversed, entered again and reversed again on one day is no copy of the first reversal.
    reference = f"{billed.control_number} {row.payment.public_id}"
    owed = [EnteredAdjustment(OWED_TO_THE_PAYER, said.paid, reference)] if said.paid else []
    posted = post_by_hand(header_of_payment(row.payment, paid_on=letter_on), [said], owed, work)
    done = posted.claims.get()
    if done.reverses_id != row.pk:
        raise HandEntryError(done.sentence or "The reversal did not find what it takes back.")
    return posted
