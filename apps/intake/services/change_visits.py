"""A visit that came before is told differently now: replace what is not billed yet, else let a person decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from apps.connectors.ports.ehr import EhrEncounter, EhrPatient
from apps.intake import rules
from apps.intake.models import VISIT_FACTS, Charge, Encounter
from apps.intake.services.place_visits import Placed
from apps.intake.services.show_conflicts import show_conflicts, told_facts

FIELDS = (
    "diagnoses",
    "place_of_service",
    "service_date",
    "patient",
    "coverage",
    "provider",
    "abn_signed_on",
    *VISIT_FACTS,
)


@dataclass(frozen=True, slots=True)
class Retold:
    """A locked row, what is told of it now, and that telling's fingerprint."""

    row: Encounter
    told: EhrEncounter
    fingerprint: str

    @property
    def is_ours(self) -> bool:
        """Billed, or a person's entry: nothing of it changes by itself."""
        return self.row.billed_at is not None or self.row.arrived_by == Encounter.Path.HAND


def told_differently(
    pairs: Iterable[tuple[Encounter, EhrEncounter]], patients: Mapping[str, EhrPatient]
) -> list[Retold]:
    """Those of the locked rows that are told differently than the last time."""
    retold = [
        Retold(row, told, rules.fingerprint(told, patients.get(told.patient_source_id), before=row.fingerprint))
        for row, told in pairs
    ]
    return [each for each in retold if each.fingerprint != each.row.fingerprint]


def change_visits(retold: Sequence[Retold], placed: Placed, *, now: datetime) -> None:
    """`placed` holds what is told anew; a visit whose patient is not told keeps its plan and its provider."""
    for each in retold:
        each.row.fingerprint = each.fingerprint
    _replace([each for each in retold if not each.is_ours], placed)
    Encounter.objects.bulk_update([each.row for each in retold], ["fingerprint"])
    show_conflicts([(each.row, each.told) for each in retold if each.is_ours], placed, now=now)


def new_charges(row: Encounter, told: EhrEncounter) -> Iterable[Charge]:
    for number, charge in enumerate(told.charges, start=1):
        yield Charge(
            encounter=row,
            source_id=charge.source_id[:60],
            number=number,
            procedure=charge.procedure,
            modifiers=list(charge.modifiers),
            units=charge.units,
            amount=charge.amount,
            diagnosis_pointers=list(charge.diagnosis_pointers),
            ndc=charge.ndc[:20],
            ndc_units=charge.ndc_units,
            ndc_unit_measure=charge.ndc_unit_measure[:2],
        )


def _replace(retold: Sequence[Retold], placed: Placed) -> None:
    for each in retold:
        row, told = each.row, each.told
        row.diagnoses, row.place_of_service = list(told.diagnoses), told.place_of_service[:2] or "11"
        row.service_date = told.service_date
        row.abn_signed_on = told.abn_signed_on or row.abn_signed_on
        for name, value in told_facts(told).items():
            setattr(row, name, value)
        if told.source_id in placed.coverages:
            row.patient = placed.patients[told.patient_source_id]
            row.coverage = placed.coverages[told.source_id]
            row.provider = placed.providers[told.provider_source_id]
    rows = [each.row for each in retold]
    Charge.objects.filter(encounter__in=rows).delete()
    Charge.objects.bulk_create(chain.from_iterable(new_charges(each.row, each.told) for each in retold))
    Encounter.objects.bulk_update(rows, FIELDS)
