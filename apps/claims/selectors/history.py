"""What patients and providers did before, as far as rules of frequency ask: earlier lines, substitutions, hospice elections."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.add_ons import CRITICAL_CARE
from apps.claims.rules.care_management import CARE_CODES
from apps.claims.rules.modifier_cases import SUBSTITUTES
from apps.claims.rules.snapshot import LineView
from apps.claims.rules.surroundings import EarlierLineView
from apps.claims.rules.visits import WELLNESS_VISITS, is_evaluation
from apps.claims.selectors.persons import Persons
from apps.claims.selectors.refused_lines import not_refused
from apps.claims.states import GIVEN_UP, WITH_US, ClaimStatus
from apps.core.odd_days import days_after
from apps.intake.models import HospiceElection

# The longest global period (CMS: 90 days); a calendar month and thirty days lie within.
DAYS_BEFORE, DAYS_AFTER = 92, 31
# A substitution of sixty days is looked for this far back: whoever is away longer is found to be so.
SUBSTITUTION_DAYS = 366
_OPERATIONS = Q(procedure__range=("10004", "69990"))
_ASKED_FOR = Q(procedure__in=sorted({*CARE_CODES, CRITICAL_CARE})) | _OPERATIONS


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """One line as the database has it."""

    encounter: int
    claim: int
    status: str
    number: str
    day: date
    procedure: str
    modifiers: tuple[str, ...]
    provider: int
    specialty: str

    def seen_from(self, claim: Claim, global_days: int) -> EarlierLineView:
        """A provider whose specialty nobody has entered is of the same specialty as himself only."""
        specialty = claim.provider.taxonomy
        return EarlierLineView(
            self.number,
            self.day,
            self.procedure,
            self.modifiers,
            self.provider == claim.provider_id or bool(specialty and self.specialty == specialty),
            self.status not in WITH_US or self.claim < claim.pk,
            global_days,
        )


def earlier_lines(claims: Collection[Claim], persons: Persons) -> dict[int, list[EarlierLine]]:
    """By claim, the lines of the patient's other visits that rules may ask about: wellness visits of any day; care management, critical
    care and operations of the weeks around. What its payer refused was not had. Of each visit the claim to its first payer stands for it.
    """
    days = [claim.service_date for claim in claims]
    near = Q(
        claim__service_date__gte=days_after(min(days), -DAYS_BEFORE),
        claim__service_date__lte=days_after(max(days), DAYS_AFTER),
    )
    rows = (
        not_refused(ClaimLine.objects.all())
        .filter(
            (near & _ASKED_FOR) | Q(procedure__in=sorted(WELLNESS_VISITS)),
            claim__patient__in=set(persons),
            claim__payer_rank=1,
        )
        .exclude(claim__status__in=GIVEN_UP)
        .order_by("claim__service_date", "claim_id", "number")
        .values_list(
            "claim__patient_id",
            "claim__encounter_id",
            "claim_id",
            "claim__status",
            "claim__control_number",
            "claim__service_date",
            "procedure",
            "modifiers",
            "claim__provider_id",
            "claim__provider__taxonomy",
        )
    )
    of_patient: defaultdict[int, list[EarlierLine]] = defaultdict(list)
    for patient, encounter, claim, status, number, day, procedure, modifiers, provider, specialty in rows:
        line = EarlierLine(encounter, claim, status, number, day, procedure, tuple(modifiers), provider, specialty)
        for same in persons[patient]:
            of_patient[same].append(line)
    return {
        claim.pk: [line for line in of_patient[claim.patient_id] if line.encounter != claim.encounter_id]
        for claim in claims
    }


def substitutions(claims: Collection[Claim], lines: Mapping[int, Sequence[LineView]]) -> dict[int, date]:
    """Claim's key to the first day of the substitution that runs on its day, for claims that carry Q5 or Q6: the first such day of its
    provider after the last day on which a visit was billed without.
    """
    asking = [claim for claim in claims if any(SUBSTITUTES.intersection(line.modifiers) for line in lines[claim.pk])]
    if not asking:
        return {}
    rows = (
        ClaimLine.objects.filter(
            claim__provider__in={claim.provider_id for claim in asking},
            claim__service_date__gte=days_after(min(claim.service_date for claim in asking), -SUBSTITUTION_DAYS),
            claim__service_date__lte=max(claim.service_date for claim in asking),
            claim__payer_rank=1,
        )
        .exclude(claim__status=ClaimStatus.VOIDED)
        .values_list("claim__provider_id", "claim__service_date", "procedure", "modifiers")
        .distinct()
    )
    substituted: defaultdict[int, set[date]] = defaultdict(set)
    present: defaultdict[int, set[date]] = defaultdict(set)
    for provider, day, procedure, modifiers in rows:
        if SUBSTITUTES.intersection(modifiers):
            substituted[provider].add(day)
        elif is_evaluation(procedure):
            present[provider].add(day)
    return {
        claim.pk: _began(substituted[claim.provider_id], present[claim.provider_id], claim.service_date)
        for claim in asking
    }


def _began(substituted: set[date], present: set[date], day: date) -> date:
    """A day with both belongs to the substitution."""
    back = max((each for each in present - substituted if each < day), default=date.min)
    return min((each for each in substituted if back < each <= day), default=day)


def hospice_elections(claims: Collection[Claim]) -> dict[int, date]:
    """Claim's key to the first day of the election that is in force on its day."""
    rows = HospiceElection.objects.filter(patient__in={claim.patient_id for claim in claims}).order_by("starts_on")
    elected: defaultdict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for patient, begins, ends in rows.values_list("patient_id", "starts_on", "ends_on"):
        elected[patient].append((begins, ends))
    return {
        claim.pk: begins
        for claim in claims
        for begins, ends in elected[claim.patient_id]
        if begins <= claim.service_date and (ends is None or claim.service_date <= ends)
    }
