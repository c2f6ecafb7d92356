"""The EHR tells a visit otherwise than it was billed or entered: kept beside ours for a person, once a visit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from apps.connectors.ports.ehr import EhrCharge, EhrEncounter
from apps.core.jobs import nudge
from apps.intake.models import VISIT_FACTS, Charge, Encounter, VisitConflict
from apps.intake.selectors.taken_over import is_same_plan
from apps.intake.services.place_visits import Placed
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

KIND = "charges_changed"
State = VisitConflict.State
TOLD = (
    "patient", "coverage", "provider", "service_date", "place_of_service", "diagnoses", "abn_signed_on", *VISIT_FACTS,
    "lines", "told_at", "state", "settled_at",
)  # fmt: skip


def show_conflicts(pairs: Sequence[tuple[Encounter, EhrEncounter]], placed: Placed, *, now: datetime) -> None:
    """One open conflict a visit, with what was told last; told as ours again, it ends by itself. The caller holds the visits' locks."""
    if not pairs:
        return
    rows = [row for row, _ in pairs]
    known = {row.encounter_id: row for row in VisitConflict.objects.filter(encounter__in=rows, state=State.OPEN)}
    lines = _our_lines(rows)
    agreed, changed, fresh = [], [], []
    for row, told in pairs:
        telling = _telling(row, told, placed, now)
        conflict = known.get(row.pk)
        if _agrees(telling, row, lines[row.pk]):
            agreed += [conflict] if conflict else []
        elif conflict:
            _retell(conflict, telling)
            changed.append(conflict)
        else:
            fresh.append(VisitConflict(encounter=row, first_told_at=now, **telling))
    _end(agreed, now)
    VisitConflict.objects.bulk_update([*agreed, *changed], TOLD)
    for conflict, item in zip(fresh, open_items([_item(each) for each in fresh], now=now), strict=True):
        conflict.work_item = item
    VisitConflict.objects.bulk_create(fresh)
    if fresh or agreed:
        nudge("build_claims")


def told_line(charge: EhrCharge) -> dict[str, Any]:
    return {
        "source_id": charge.source_id[:60],
        "procedure": charge.procedure,
        "modifiers": list(charge.modifiers),
        "units": f"{charge.units.normalize():f}",
        "amount": f"{charge.amount:.2f}",
        "diagnosis_pointers": list(charge.diagnosis_pointers),
        "ndc": charge.ndc[:20],
        "ndc_units": "" if charge.ndc_units is None else f"{charge.ndc_units.normalize():f}",
        "ndc_unit_measure": charge.ndc_unit_measure[:2],
    }


def told_facts(told: EhrEncounter) -> dict[str, Any]:
    """By the names of the row's columns."""
    return {**asdict(told.facts), "accident_causes": list(told.facts.accident_causes)}


def _telling(row: Encounter, told: EhrEncounter, placed: Placed, now: datetime) -> dict[str, Any]:
    """A visit whose patient is not told keeps its plan and its provider."""
    is_placed = told.source_id in placed.coverages
    return {
        "patient": placed.patients[told.patient_source_id] if is_placed else row.patient,
        "coverage": placed.coverages[told.source_id] if is_placed else row.coverage,
        "provider": placed.providers[told.provider_source_id] if is_placed else row.provider,
        "service_date": told.service_date,
        "place_of_service": told.place_of_service[:2] or "11",
        "diagnoses": list(told.diagnoses),
        "abn_signed_on": told.abn_signed_on,
        **told_facts(told),
        "lines": [told_line(charge) for charge in told.charges],
        "told_at": now,
    }


def _agrees(telling: Mapping[str, Any], row: Encounter, lines: list[dict[str, Any]]) -> bool:
    """In all that a fingerprint covers but the lines' numbers in the EHR, which are no part of what is billed.

    An EHR that tells no notice (ABN) takes none back.
    """
    names = ("patient", "provider", "service_date", "place_of_service", "diagnoses", *VISIT_FACTS)
    told = [{**line, "source_id": ""} for line in telling["lines"]]
    same = all(telling[name] == getattr(row, name) for name in names)
    same_notice = telling["abn_signed_on"] in (None, row.abn_signed_on)
    return same and same_notice and told == lines and is_same_plan(telling["coverage"], row.coverage)


def _our_lines(rows: Iterable[Encounter]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in Charge.objects.filter(encounter__in=list(rows)).order_by("encounter_id", "number"):
        told = EhrCharge(
            "",
            each.procedure,
            tuple(each.modifiers),
            each.units,
            each.amount,
            tuple(each.diagnosis_pointers),
            each.ndc,
            each.ndc_units,
            each.ndc_unit_measure,
        )
        found[each.encounter_id].append(told_line(told))
    return found


def _retell(conflict: VisitConflict, telling: Mapping[str, Any]) -> None:
    for name, value in telling.items():
        setattr(conflict, name, value)


def _end(agreed: Sequence[VisitConflict], now: datetime) -> None:
    for conflict in agreed:
        conflict.state, conflict.settled_at = State.AGREED, now
    if agreed:
        withdraw_items([each.work_item_id for each in agreed], now=now, outcome="The EHR tells the visit as ours now.")


def _item(conflict: VisitConflict) -> NewItem:
    return NewItem(
        kind=KIND,
        title="Compare a visit with the EHR, which tells it otherwise now: keep ours, or take theirs",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:visit_conflict",
        subject_public_id=conflict.public_id,
    )
