"""Visits become claims; their charges become receivables in the same transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.claims.models import Claim, ClaimEvent, ClaimLine
from apps.claims.services.follow_coverages import follow_coverages
from apps.claims.services.follow_directory import follow_directory
from apps.claims.services.follow_patients import follow_patients
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.core.public_ids import ALPHABET
from apps.intake.models import Charge, Encounter, facts_of
from apps.ledger.services import ChargePosting, post_charges


@dataclass(frozen=True, slots=True)
class BuildResult:
    """`more`: the limit was reached and visits are left."""

    built: int
    self_pay: int
    more: bool


@transaction.atomic
def build_claims(*, now: datetime, limit: int = 500) -> BuildResult:
    """A claim for every visit with a plan and charges that has none. A self-pay visit's charges go straight to the patient.

    A visit is marked `billed_at` either way, so that the step ends. Visits without charges wait for their charges. Unsent claims take
    a coverage that was changed since, and those of which something else is told anew are scrubbed again.
    """
    follow_coverages(now=now)
    follow_patients(now=now)
    follow_directory(now=now)
    encounters = _unbilled(limit)
    charges = _charges(encounters)
    insured = [encounter for encounter in encounters if encounter.coverage_id]
    fresh = _without_claim(insured)
    claims = Claim.objects.bulk_create([_claim(encounter, charges[encounter.pk], now) for encounter in fresh])
    ClaimLine.objects.bulk_create(
        [line for claim in claims for line in _lines(claim, charges[claim.encounter_id])], batch_size=1000
    )
    ClaimEvent.objects.bulk_create([_event(claim, now) for claim in claims], batch_size=1000)
    post_charges([_posting(encounter, charge) for encounter in encounters for charge in charges[encounter.pk]], now=now)
    Encounter.objects.filter(pk__in=[encounter.pk for encounter in encounters]).update(billed_at=now)
    return BuildResult(len(claims), len(encounters) - len(insured), len(encounters) == limit)


def _unbilled(limit: int) -> list[Encounter]:
    has_charges = Exists(Charge.objects.filter(encounter=OuterRef("pk")))
    rows = Encounter.objects.filter(has_charges, billed_at=None).select_related("coverage").order_by("arrived_at", "pk")
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])


def _charges(encounters: Sequence[Encounter]) -> dict[int, list[Charge]]:
    found: dict[int, list[Charge]] = {encounter.pk: [] for encounter in encounters}
    for charge in Charge.objects.filter(encounter__in=list(found)).order_by("encounter_id", "number"):
        found[charge.encounter_id].append(charge)
    return found


def _without_claim(encounters: Sequence[Encounter]) -> list[Encounter]:
    """History that was imported may have its claim already."""
    keys = [encounter.pk for encounter in encounters]
    known = set(Claim.objects.filter(encounter__in=keys, payer_rank=1).values_list("encounter_id", flat=True))
    return [encounter for encounter in encounters if encounter.pk not in known]


def new_control_number() -> str:
    """CLM01: eleven signs that say nothing of the patient, of our keys, or of how many claims there are."""
    return "T" + "".join(secrets.choice(ALPHABET) for _ in range(10)).upper()


def _claim(encounter: Encounter, charges: Sequence[Charge], now: datetime) -> Claim:
    if encounter.coverage is None:
        raise ValueError("A self-pay visit has no claim.")
    return Claim(
        control_number=new_control_number(),
        encounter=encounter,
        patient_id=encounter.patient_id,
        coverage=encounter.coverage,
        payer_id=encounter.coverage.payer_id,
        provider_id=encounter.provider_id,
        status=ClaimStatus.DRAFT,
        service_date=encounter.service_date,
        place_of_service=encounter.place_of_service,
        diagnoses=[code.replace(".", "").strip().upper() for code in encounter.diagnoses],
        total=sum((charge.amount for charge in charges), ZERO),
        built_at=now,
        **facts_of(encounter),
    )


def _lines(claim: Claim, charges: Sequence[Charge]) -> list[ClaimLine]:
    return [
        ClaimLine(
            claim=claim,
            charge=charge,
            number=number,
            # L is not a sign of the claim's own number, so the two parts can be told apart.
            control_number=f"{claim.control_number}L{number}",
            procedure=charge.procedure.strip().upper(),
            modifiers=[modifier.strip().upper() for modifier in charge.modifiers],
            units=charge.units,
            amount=charge.amount,
            diagnosis_pointers=charge.diagnosis_pointers,
            ndc=charge.ndc.strip().upper(),
            ndc_units=charge.ndc_units,
            ndc_unit_measure=charge.ndc_unit_measure.strip().upper(),
        )
        for number, charge in enumerate(charges, 1)
    ]


def _event(claim: Claim, now: datetime) -> ClaimEvent:
    path = Encounter.Path(claim.encounter.arrived_by)
    return ClaimEvent(
        claim=claim,
        at=now,
        new_status=ClaimStatus.DRAFT,
        what=f"Claim built from the visit's charges. They {path.in_a_sentence}.",
        transmission_id=claim.encounter.transmission_id,
    )


def _posting(encounter: Encounter, charge: Charge) -> ChargePosting:
    payer_id = encounter.coverage.payer_id if encounter.coverage else None
    return ChargePosting(charge.pk, encounter.patient_id, charge.amount, payer_id, encounter.transmission_id)
