"""What a person found out of a claim that its payer says it has passed on."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim, ClaimEvent
from apps.claims.selectors.further_payers import next_payer_names
from apps.claims.services.change_fields import locked_claims
from apps.claims.services.move_claims import move_claims
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.worklist.queue import close_item


class CrossoverOutcome(StrEnum):
    BILL = "bill"  # it never arrived there
    PATIENT = "patient"  # nobody else pays


class CrossoverNotOpenError(Exception):
    """A sentence for people: why this cannot be decided so."""


@transaction.atomic
def settle_crossover(*, claim_id: str, outcome: str, note: str, acting_user: User, now: datetime) -> None:
    """The claim (public id) is billed to the next plan on file at once, or what is left is the patient's. `note` says how that is known.

    Raises CrossoverNotOpenError.
    """
    (claim,) = locked_claims([claim_id])
    words = note.strip()[:120]
    if claim.status != ClaimStatus.FORWARDED:
        raise CrossoverNotOpenError("This claim does not wait for another payer's answer.")
    if Claim.objects.filter(encounter=claim.encounter_id, payer_rank__gt=claim.payer_rank).exists():
        raise CrossoverNotOpenError("The next payer has been billed already.")
    if outcome not in list(CrossoverOutcome) or not words:
        raise CrossoverNotOpenError("Choose what is to be done, and say in a few words how you know.")
    if outcome == CrossoverOutcome.BILL:
        _bill(claim, words, acting_user, now)
    else:
        what = f"No other payer pays; the rest is the patient's. {words}"
        move_claims([claim], ClaimStatus.PATIENT_BALANCE, what=what, now=now, acting_user=acting_user)
        nudge("open_balances")
    close_item(claim.work_item, acting_user=acting_user, now=now, outcome=words)
    record(
        "settle_crossover",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
        outcome=str(outcome),
    )


def _bill(claim: Claim, words: str, acting_user: User, now: datetime) -> None:
    payer = next_payer_names([claim.pk]).get(claim.pk)
    if payer is None:
        raise CrossoverNotOpenError("No second plan of the patient is on file for that day. Enter it first.")
    claim.bill_crossover_from = now
    claim.save(update_fields=["bill_crossover_from"])
    what = f"It did not reach {payer}, which is billed now. {words}"
    ClaimEvent.objects.create(claim=claim, at=now, what=what[:240], actor=acting_user)
    nudge("build_secondaries")
