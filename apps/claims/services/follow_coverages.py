"""A changed coverage reaches the claims that have not left yet (DOMAIN 3, front-desk task)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.claims.models import Claim, ClaimEvent
from apps.claims.selectors.coverages import overtaken_claims
from apps.claims.services.lock_claims import lock_with_visits
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.intake.models import Authorization, Coverage
from apps.ledger.selectors import charge_positions
from apps.ledger.services import ChargePosting, charge_again, take_back_charges, transfer_again
from apps.practice.models import RequiredNumber

# By kind, the claim's column of the number.
_NUMBERS = {
    RequiredNumber.AUTHORIZATION.value: "prior_authorization",
    RequiredNumber.REFERRAL.value: "referral_number",
}


def follow_coverages(*, now: datetime) -> int:
    """Claims that no payer has taken in take the coverage that replaced theirs and are scrubbed again; how many. Others do not change."""
    found = list(overtaken_claims().values_list("pk", flat=True))
    return _follow(found, now) if found else 0


@transaction.atomic
def _follow(found: Sequence[int], now: datetime) -> int:
    still = overtaken_claims().filter(pk__in=lock_with_visits(found))
    replacements = dict(still.values_list("pk", "replacement"))  # type: ignore[misc]  # the selector's annotation
    claims = list(Claim.objects.filter(pk__in=replacements).order_by("pk"))
    coverages = Coverage.objects.select_related("payer").in_bulk(replacements.values())
    words = {}
    for claim in claims:
        new = coverages[replacements[claim.pk]]
        payer = f"{new.payer.name}, as before" if new.payer_id == claim.payer_id else f"{new.payer.name} from now on"
        words[claim.pk] = f"The patient's coverage was changed: billed to {payer}. Scrubbed again."
        if new.payer_id != claim.payer_id:
            words[claim.pk] += _leave_numbers(claim, new)
            _owed_by(new, claim, now)
        claim.coverage, claim.payer = new, new.payer
    columns = ["coverage", "payer", *_NUMBERS.values(), "payer_claim_number"]
    Claim.objects.bulk_update(claims, columns, batch_size=500)
    drafts = [claim for claim in claims if claim.status == ClaimStatus.DRAFT]
    told = [ClaimEvent(claim=claim, at=now, what=words[claim.pk][:240]) for claim in drafts]
    ClaimEvent.objects.bulk_create(told)
    others = [claim for claim in claims if claim not in drafts]
    apply_moves([Move(claim.pk, ClaimStatus.DRAFT, words[claim.pk]) for claim in others], now=now)
    nudge("scrub_claims")
    return len(claims)


def _leave_numbers(claim: Claim, new: Coverage) -> str:
    """What belongs to the payer before (its authorization, its referral, its claim number) stays with it, as in a further payer's claim;
    told as a sentence. A number that is on file as the new payer's own stays on the claim.
    """
    claim.payer_claim_number = ""
    numbers = {kind: getattr(claim, column) for kind, column in _NUMBERS.items() if getattr(claim, column)}
    if not numbers:
        return ""
    own = set(Authorization.objects.filter(patient=claim.patient_id, payer=new.payer_id).values_list("kind", "number"))
    gone = []
    for kind, number in numbers.items():
        if (kind, number) not in own:
            setattr(claim, _NUMBERS[kind], "")
            gone.append(f"{kind} {number}")
    if not gone:
        return ""
    which = " and ".join(gone)
    verb = "were the former payer's and are" if len(gone) > 1 else "was the former payer's and is"
    return f" {which[0].upper()}{which[1:]} {verb} taken off."


def _owed_by(new: Coverage, claim: Claim, now: datetime) -> None:
    """What is owed stands in the name of the payer that is asked for it. Of a claim to the first payer that nothing else has moved; of one
    to a further payer the share that it was handed.
    """
    if claim.payer_rank > 1:
        transfer_again(
            claim=claim.public_id,
            cause=f"coverage:{new.pk}",
            encounter_id=claim.encounter_id,
            patient_id=claim.patient_id,
            payer_id=new.payer_id,
            now=now,
        )
        return
    lines = {line.charge_id: line.amount for line in claim.lines.all()}
    stands = charge_positions(lines)
    moved = [key for key, amount in lines.items() if key in stands and stands[key].owed_by == {claim.payer_id: amount}]
    take_back_charges(moved, now=now)
    for key in moved:
        charge_again(ChargePosting(key, claim.patient_id, lines[key], new.payer_id), now=now)
