"""What is billed once the EHR's word on a visit is taken: theirs, and ours where the EHR has told nothing, or nothing new."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, zip_longest
from typing import Any

from apps.intake.models import Charge, Coverage, DrugGiven, VisitConflict, VisitFacts, facts_of

DRUG = ("ndc", "ndc_units", "ndc_unit_measure")


def is_same_plan(one: Coverage | None, other: Coverage | None) -> bool:
    """A coverage that was ended and followed for a detail is billed as before."""
    if one is None or other is None:
        return one is other
    return (one.payer_id, one.member_id) == (other.payer_id, other.member_id)


def has_same_people(conflict: VisitConflict) -> bool:
    """Patient, provider, day and plan are as they were."""
    visit = conflict.encounter
    theirs = (conflict.patient_id, conflict.provider_id, conflict.service_date)
    ours = (visit.patient_id, visit.provider_id, visit.service_date)
    return theirs == ours and is_same_plan(conflict.coverage, visit.coverage)


def facts_taken(conflict: VisitConflict, ours: VisitFacts) -> dict[str, Any]:
    """By column. What the EHR leaves empty as before is no word of its: what a person put there stays, for the same people."""
    visit, stays = conflict.encounter, has_same_people(conflict)
    return {
        name: getattr(ours, name) if stays and not told and not getattr(visit, name) else told
        for name, told in facts_of(conflict).items()
    }


def notice_taken(conflict: VisitConflict) -> Any:
    """The day of the notice (ABN). An EHR that tells none takes none back, as before the visit was billed."""
    return conflict.abn_signed_on or (conflict.encounter.abn_signed_on if has_same_people(conflict) else None)


def drugs_taken(conflict: VisitConflict, ours: Sequence[DrugGiven]) -> list[dict[str, Any]]:
    """By column, of each line as it is told; `ours` are the lines as billed, in their order."""
    charges = conflict.encounter.charges.order_by("number")
    met = zip_longest(conflict.lines, charges, ours)
    return [_drug_taken(told, charge, mine) for told, charge, mine in islice(met, len(conflict.lines))]


def _drug_taken(told: dict[str, Any], charge: Charge | None, ours: DrugGiven | None) -> dict[str, Any]:
    """The same code told with the same drug as when the visit came in is nothing new: what was mended on our line stays."""
    units = told["ndc_units"]
    theirs = {
        "ndc": told["ndc"],
        "ndc_units": Decimal(units) if units else None,
        "ndc_unit_measure": told["ndc_unit_measure"],
    }
    if charge and ours and told["procedure"] == charge.procedure and theirs == _drug(charge):
        return _drug(ours)
    return theirs


def _drug(line: DrugGiven) -> dict[str, Any]:
    return {name: getattr(line, name) for name in DRUG}
