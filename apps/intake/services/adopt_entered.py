"""A visit that a person entered is told by the EHR later: the same visit, under the EHR's number from now on."""

from collections import defaultdict
from collections.abc import Sequence

from apps.connectors.ports.ehr import EhrEncounter, EhrProvider
from apps.intake.models import Encounter
from apps.intake.services.place_providers import known_providers

ENTERED = "hand:"


def adopt_entered(
    source: str, unknown: Sequence[EhrEncounter], providers: Sequence[EhrProvider]
) -> dict[str, Encounter]:
    """Entered visits, locked, by the EHR's number of those of `unknown` that they are: same patient, day and provider, one for one.

    Nothing else of the entry changes. The caller holds the source's lock.
    """
    if not unknown:
        return {}
    rows = Encounter.objects.select_for_update(of=("self",)).select_related("patient", "provider", "coverage")
    entered: dict[tuple[str, object], list[Encounter]] = defaultdict(list)
    for row in rows.filter(
        source=source,
        source_id__startswith=ENTERED,
        patient__source_id__in={each.patient_source_id for each in unknown},
        service_date__in={each.service_date for each in unknown},
    ).order_by("pk"):
        entered[row.patient.source_id, row.service_date].append(row)
    if not entered:
        return {}
    doctors = known_providers((each.provider_source_id for each in unknown), providers)
    adopted = {}
    for each in unknown:
        candidates = entered[each.patient_source_id, each.service_date]
        meant = doctors.get(each.provider_source_id)
        same = [
            row
            for row in candidates
            if row.provider.source_id in {"", each.provider_source_id} or row.provider == meant
        ]
        if same:
            candidates.remove(same[0])
            same[0].source_id = each.source_id
            adopted[each.source_id] = same[0]
    Encounter.objects.bulk_update(adopted.values(), ["source_id"])
    return adopted
