"""Find, or add, what visits hang on: their patients, plans and providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.connectors.ports.ehr import EhrEncounter, EhrPatient, EhrProvider
from apps.intake.models import Coverage, Patient
from apps.intake.services.place_payers import place_payers
from apps.intake.services.place_providers import place_providers
from apps.intake.services.receive_consents import receive_consents
from apps.intake.services.receive_coverages import CoverageBook, Told
from apps.intake.services.receive_patients import receive_patients
from apps.practice.models import Provider


@dataclass(frozen=True, slots=True)
class Placed:
    """`patients` and `providers` by the EHR's id; `coverages` by the visit's, None for self-pay."""

    patients: Mapping[str, Patient]
    coverages: Mapping[str, Coverage | None]
    providers: Mapping[str, Provider]
    added_payers: tuple[str, ...] = ()


def place_visits(
    source: str,
    visits: Sequence[EhrEncounter],
    told: Mapping[str, EhrPatient],
    *,
    providers: Sequence[EhrProvider],
    now: datetime,
) -> Placed:
    """`told` holds every visit's patient. The caller holds the source's lock."""
    if not visits:
        return Placed({}, {}, {})
    people = [told[source_id] for source_id in dict.fromkeys(each.patient_source_id for each in visits)]
    patients = receive_patients(source, people)
    receive_consents(people, patients, now=now)
    coverages, added = _coverages(visits, told, patients, now)
    placed = place_providers((each.provider_source_id for each in visits), providers)
    return Placed(patients, coverages, placed, added)


def _coverages(
    visits: Sequence[EhrEncounter], told: Mapping[str, EhrPatient], patients: Mapping[str, Patient], now: datetime
) -> tuple[dict[str, Coverage | None], tuple[str, ...]]:
    """Each visit's coverage: the one that it names itself, else its patient's first as told now."""
    tellings = [
        Told(
            patients[each.patient_source_id],
            told[each.patient_source_id].coverages if each.coverages is None else each.coverages,
            complete=each.coverages is None,
        )
        for each in visits
    ]
    named = ((cover, telling.patient.public_id) for telling in tellings for cover in telling.coverages)
    payers, added = place_payers(named, now=now)
    book = CoverageBook(patients.values(), payers, now=now)
    found = {each.source_id: book.tell(telling) for each, telling in zip(visits, tellings, strict=True)}
    book.write()
    return found, added
