"""When patients were last seen before, for the codes that only a new patient's visit may carry."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q

from apps.claims.models import Claim
from apps.claims.rules.visits import NEW_PATIENT, WELLNESS_VISITS
from apps.claims.selectors.persons import Persons
from apps.claims.states import ClaimStatus
from apps.eligibility.selectors.self_pay import self_pay_agreements
from apps.intake.models import Charge

YEARS = 3
# Of the numbers below: blood drawn by the staff (often before a first visit), and what is done without the patient or without the
# physician (prolonged service, standby, team conferences, care plan oversight). Source: CPT, Evaluation and Management; Venous.
_NOT_SEEN = ("36415", "36416", "99358", "99359", "99360", "99366", "99367", "99368", *map(str, range(99374, 99381)))
# Face to face: visits by number, and procedures of the surgery section. A reading of a film or a laboratory test is not one.
_FACE_TO_FACE = (
    Q(procedure__range=("99202", "99397"))
    | Q(procedure__range=("98000", "98015"))
    | Q(procedure__range=("10004", "69990"))
    | Q(procedure__in=sorted(WELLNESS_VISITS))
) & ~Q(procedure__in=_NOT_SEEN)
# A visit whose claim to its first payer is void, or being taken back, was none; unless the patient paid it, and the plan was not to know.
_TAKEN_BACK = Claim.objects.filter(
    Q(status=ClaimStatus.VOIDED) | Q(frequency="8"), encounter=OuterRef("encounter"), payer_rank=1
)
_SELF_PAY = self_pay_agreements().filter(
    coverage__patient=OuterRef("encounter__patient"), service_date=OuterRef("encounter__service_date")
)
_NEVER_WAS = Exists(_TAKEN_BACK) & ~Exists(_SELF_PAY) & Q(encounter__coverage__isnull=False)


def last_visits(claims: Collection[Claim], codes: Mapping[int, Collection[str]], persons: Persons) -> dict[int, date]:
    """Claim's key to the patient's last visit before it, in the three years before, to a provider of its provider's specialty (taxonomy)
    in this practice. Only claims whose `codes` have a new patient's are looked at; self-pay visits count as well, and denied
    ones, since the patient was seen (the rule asks for no payment); visits whose claims are void do not.
    """
    asking = [claim for claim in claims if NEW_PATIENT.intersection(codes[claim.pk])]
    if not asking:
        return {}
    rows = (
        Charge.objects.filter(
            _FACE_TO_FACE,
            encounter__patient__in=set(persons),
            encounter__service_date__gt=min(_three_years_before(claim.service_date) for claim in asking),
            encounter__service_date__lt=max(claim.service_date for claim in asking),
        )
        .exclude(_NEVER_WAS)
        .values_list(
            "encounter__patient", "encounter__provider", "encounter__provider__taxonomy", "encounter__service_date"
        )
        .distinct()
    )
    visits: defaultdict[int, list[tuple[int, str, date]]] = defaultdict(list)
    for patient, provider, specialty, day in rows:
        for same in persons[patient]:
            visits[same].append((provider, specialty, day))
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
    """Of February 29 the 28th; the calendar begins with year 1."""
    return date(max(day.year - YEARS, 1), day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
