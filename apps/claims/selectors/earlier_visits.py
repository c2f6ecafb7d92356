"""When patients were last seen before, for the codes that only a new patient's visit may carry."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q

from apps.claims.models import Claim
from apps.claims.rules.visits import NEW_PATIENT, WELLNESS_VISITS
from apps.claims.states import ClaimStatus
from apps.intake.models import Charge

YEARS = 3
# Face to face: visits by number, and procedures of the surgery section. A reading of a film or a laboratory test is not one.
_FACE_TO_FACE = (
    Q(procedure__range=("99202", "99397"))
    | Q(procedure__range=("98000", "98015"))
    | Q(procedure__range=("10004", "69990"))
    | Q(procedure__in=sorted(WELLNESS_VISITS))
)


def last_visits(claims: Collection[Claim], codes: Mapping[int, Collection[str]]) -> dict[int, date]:
    """Claim's key to the patient's last visit before it, in the three years before, to a provider of its provider's specialty (taxonomy)
    in this practice. Only claims whose `codes` have a new patient's are looked at; self-pay visits count as well, and denied
    ones, since the patient was seen (the rule asks for no payment); void claims do not.
    """
    asking = [claim for claim in claims if NEW_PATIENT.intersection(codes[claim.pk])]
    if not asking:
        return {}
    rows = (
        Charge.objects.filter(
            _FACE_TO_FACE,
            encounter__patient__in={claim.patient_id for claim in asking},
            encounter__service_date__gt=min(_three_years_before(claim.service_date) for claim in asking),
            encounter__service_date__lt=max(claim.service_date for claim in asking),
        )
        .exclude(encounter__claims__status=ClaimStatus.VOIDED)
        .exclude(encounter__claims__frequency="8")
        .values_list(
            "encounter__patient", "encounter__provider", "encounter__provider__taxonomy", "encounter__service_date"
        )
        .distinct()
    )
    visits: defaultdict[int, list[tuple[int, str, date]]] = defaultdict(list)
    for patient, provider, specialty, day in rows:
        visits[patient].append((provider, specialty, day))
    found = {claim.pk: _last_before(claim, visits[claim.patient_id]) for claim in asking}
    return {key: day for key, day in found.items() if day}


def _last_before(claim: Claim, visits: Collection[tuple[int, str, date]]) -> date | None:
    """A provider whose specialty nobody has entered is of the same specialty as himself only."""
    specialty = claim.provider.taxonomy
    return max(
        (
            day
            for provider, other, day in visits
            if _three_years_before(claim.service_date) < day < claim.service_date
            and (provider == claim.provider_id or (specialty and other == specialty))
        ),
        default=None,
    )


def _three_years_before(day: date) -> date:
    """Of February 29 the 28th."""
    return date(day.year - YEARS, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
