"""A patient whom a person entered is told by a source later: the same person, under the source's number from now on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from apps.connectors.ports.ehr import EhrPatient
from apps.intake.models import Encounter, Patient
from apps.intake.services.lock_source import lock_source
from apps.intake.services.receive_patients import TOLD

HAND = "hand"
Identity = tuple[str, str, date | None]


def identity(first_name: str, last_name: str, birth_date: date | None) -> Identity:
    return first_name.strip().casefold(), last_name.strip().casefold(), birth_date


def adopt_patients(source: str, told: Iterable[EhrPatient]) -> None:
    """Entered patients of the same name and birth date as one that `source` tells take its number, and their visits its name.

    Only where one is like one: two alike are left to a person. Before visits are looked up, so that a visit that was entered is found
    as the one that the source tells. The caller holds the source's lock.
    """
    by_identity: dict[Identity, list[EhrPatient]] = defaultdict(list)
    for each in told:
        if each.birth_date:
            by_identity[identity(each.first_name, each.last_name, each.birth_date)].append(each)
    if not by_identity:
        return
    lock_source(HAND)  # nobody enters one of them, or a visit of theirs, until these are here
    days = {day for _, _, day in by_identity}
    entered: dict[Identity, list[Patient]] = defaultdict(list)
    rows = Patient.objects.select_for_update(no_key=True).filter(source=HAND, birth_date__in=days).order_by("pk")
    for row in rows:
        entered[identity(row.first_name, row.last_name, row.birth_date)].append(row)
    meant = {
        theirs[0].source_id: (entered[key][0], theirs[0])
        for key, theirs in by_identity.items()
        if len(theirs) == len(entered[key]) == 1
    }
    known = Patient.objects.filter(source=source, source_id__in=meant).values_list("source_id", flat=True)
    for source_id in sorted(meant.keys() - set(known)):
        row, each = meant[source_id]
        row.source, row.source_id, row.corrected = source, source_id, _typed_otherwise(row, each)
        row.save(update_fields=["source", "source_id", "corrected"])
        Encounter.objects.filter(patient=row, source=HAND).update(source=source)


def _typed_otherwise(row: Patient, each: EhrPatient) -> dict[str, str]:
    """What a person typed stands as if they had corrected the source, until it tells something new."""
    told = {name: getattr(each, name) for name in TOLD}
    return {name: str(value) for name, value in told.items() if value and getattr(row, name) not in {"", None, value}}
