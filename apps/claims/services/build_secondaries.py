"""What a payer left open goes to the next one: a claim of its own, built from the answer (DOMAIN 1, secondary).

In the same transaction the patient's share moves into the next payer's name, so that the patient is not asked for it meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from apps.claims.models import Claim, ClaimEvent, ClaimLine
from apps.claims.selectors.further_payers import claims_to_bill_on
from apps.claims.services.build_claims import new_control_number
from apps.claims.services.lock_claims import lock_with_visits
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ADJUDICATED, ClaimStatus
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.intake.models import OF_EVERY_PAYER, Coverage, facts_of
from apps.ledger.selectors import charge_positions, transfer_key
from apps.ledger.services import post_entries, transfer_entry
from apps.worklist.queue import withdraw_items


@dataclass(frozen=True, slots=True)
class SecondariesResult:
    """`more`: the limit was reached and claims are left."""

    built: int
    more: bool


@transaction.atomic
def build_secondaries(
    *, now: datetime, without: "QuerySet[Claim] | None" = None, limit: int = 200
) -> SecondariesResult:
    """A draft to the next payer for each claim of `claims_to_bill_on`, once: a visit has one claim a rank, voided ones included.

    `without`: claims of which people decided that the patient is asked in spite of another plan. A claim that another worker holds
    is left to it.
    """
    due = claims_to_bill_on(now)
    if without is not None:
        due = due.exclude(pk__in=without.values("pk"))
    found = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    if not found:
        return SecondariesResult(0, more=False)
    # Asked again under the lock: somebody may have been here first.
    still = due.filter(pk__in=lock_with_visits(found)).select_related("payer").prefetch_related("lines").order_by("pk")
    built = _build(list(still), now)
    return SecondariesResult(built, len(found) == limit)


def _build(firsts: Sequence[Claim], now: datetime) -> int:
    coverages = Coverage.objects.select_related("payer").in_bulk(_next_coverage(first) for first in firsts)
    claims = [_claim(first, coverages[_next_coverage(first)], now) for first in firsts]
    Claim.objects.bulk_create(claims)
    pairs = list(zip(firsts, claims, strict=True))
    ClaimLine.objects.bulk_create([line for first, claim in pairs for line in _lines(first, claim)], batch_size=1000)
    ClaimEvent.objects.bulk_create([event for first, claim in pairs for event in _events(first, claim, now)])
    _take_from_the_patient(firsts, now)
    _hand_over(pairs, now)
    chased = [first.work_item_id for first in firsts if first.work_item_id and first.bill_crossover_from]
    withdraw_items(chased, now=now, outcome="The next payer is billed.")
    return len(claims)


def _next_coverage(first: Claim) -> int:
    return int(first.next_coverage)  # type: ignore[attr-defined]  # the selector's annotation


def _claim(first: Claim, coverage: Coverage, now: datetime) -> Claim:
    """What belongs to the payer before (its number, its authorization) stays with it."""
    return Claim(
        control_number=new_control_number(),
        encounter_id=first.encounter_id,
        patient_id=first.patient_id,
        coverage=coverage,
        payer=coverage.payer,
        provider_id=first.provider_id,
        status=ClaimStatus.DRAFT,
        payer_rank=first.payer_rank + 1,
        service_date=first.service_date,
        place_of_service=first.place_of_service,
        diagnoses=first.diagnoses,
        total=first.total,
        built_at=now,
        **facts_of(first, OF_EVERY_PAYER),
    )


def _lines(first: Claim, claim: Claim) -> list[ClaimLine]:
    return [
        ClaimLine(
            claim=claim,
            charge_id=line.charge_id,
            number=line.number,
            control_number=f"{claim.control_number}L{line.number}",
            procedure=line.procedure,
            modifiers=line.modifiers,
            units=line.units,
            amount=line.amount,
            diagnosis_pointers=line.diagnosis_pointers,
            ndc=line.ndc,
            ndc_units=line.ndc_units,
            ndc_unit_measure=line.ndc_unit_measure,
        )
        for line in first.lines.all()
    ]


def _events(first: Claim, claim: Claim, now: datetime) -> list[ClaimEvent]:
    built = f"Built from the answer of {first.payer.name} (claim {first.control_number})."
    billed_on = f"What is left was billed on to {claim.payer.name} (claim {claim.control_number})."
    return [
        ClaimEvent(claim=claim, at=now, new_status=ClaimStatus.DRAFT, what=built),
        ClaimEvent(claim=first, at=now, what=billed_on),
    ]


def _take_from_the_patient(firsts: Sequence[Claim], now: datetime) -> None:
    """Those that had come to their patient before the next plan was known, paid or not, stand where their own payer's answer left them.

    One that was refused came to its patient because that was decided: refused again it would ask for a decision that has been made.
    """
    back = [first for first in firsts if first.status in {ClaimStatus.PATIENT_BALANCE, ClaimStatus.CLOSED}]
    if not back:
        return
    said = ClaimEvent.objects.filter(claim__in=back, new_status__in=ADJUDICATED).order_by("at", "pk")
    stood = dict(said.values_list("claim", "new_status"))
    what = "The next payer is asked before the patient."
    settled = [pk for pk, status in stood.items() if status == ClaimStatus.PAID]
    apply_moves([Move(pk, ClaimStatus.PAID, what) for pk in settled], now=now)


def _hand_over(pairs: Sequence[tuple[Claim, Claim]], now: datetime) -> None:
    """The patient's share of each visit, in the next payer's name, be it that the patient paid a part of it: that is a credit until the
    payer has answered. Where only denied money is left nothing moves.
    """
    stand = charge_positions({line.charge_id for first, _ in pairs for line in first.lines.all()})
    entries = []
    for first, claim in pairs:
        charges = [line.charge_id for line in first.lines.all() if line.charge_id in stand]
        amounts = {charge: stand[charge].patients_share for charge in charges if stand[charge].patients_share > ZERO}
        if amounts:
            entries.append(
                transfer_entry(
                    transfer_key(claim.public_id),
                    amounts,
                    patient_id=claim.patient_id,
                    payer_id=claim.payer_id,
                    posted_on=practice_date(now),
                )
            )
    post_entries(entries, now=now)
