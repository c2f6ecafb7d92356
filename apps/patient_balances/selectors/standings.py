"""What decides whether a claim's rest is the patient's, for many claims in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from apps.claims.models import Adjudication, Claim
from apps.claims.selectors.further_payers import claims_to_bill_on, next_payer_names
from apps.claims.states import REFUSED, ClaimStatus
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Coverage, Encounter
from apps.patient_balances.rules.standing import Standing
from apps.patient_balances.selectors.due import billed_anyway
from apps.patient_balances.selectors.sums import receivables_of_claims

# Remark codes by which a payer says that the patient is a QMB and may not be charged.
QMB_REMARKS = ["N781", "N782", "N783"]
MEDICAID = "MC"  # SBR09
# A payer's answer to it is not there yet.
AWAITED = (
    frozenset(ClaimStatus)
    - REFUSED
    - {
        ClaimStatus.VOIDED,
        ClaimStatus.PAID,
        ClaimStatus.FORWARDED,
        ClaimStatus.PATIENT_BALANCE,
        ClaimStatus.CLOSED,
        ClaimStatus.WRITTEN_OFF,
    }
)


@dataclass(frozen=True, slots=True)
class _Sibling:
    """Another claim of the same visit: the money of the two is one."""

    key: int
    rank: int
    status: ClaimStatus


def standings(claims: Sequence[Claim], undecided: "QuerySet[Claim]", now: datetime) -> dict[int, Standing]:
    """By claim; each claim brings its payer and its coverage. Eight queries, however many claims.

    `undecided`: claims of which something is refused, and nobody has decided what becomes of it.
    """
    owed = receivables_of_claims([claim.pk for claim in claims])
    owing = [claim for claim in claims if owed[claim.pk].patient > 0]
    coverages = _coverages({claim.patient_id for claim in owing})
    protected = _protected(owing, coverages)
    siblings = _siblings([claim for claim in claims if owed[claim.pk].insurance or owed[claim.pk].patient])
    last = [claim.pk for claim in owing if not any(each.rank > claim.payer_rank for each in siblings[claim.pk])]
    # A plan that has spoken, be it of a claim that was passed on to it, is none that could be billed.
    other_plan = set(next_payer_names(last)) if last else set()
    settled = {claim.pk for claim in claims if owed[claim.pk].patient <= 0 and owed[claim.pk].insurance <= 0}
    bills_on = _billed_on(other_plan | settled, now)
    fought = _fought([claim for claim in claims if owed[claim.pk].insurance], undecided)
    return {
        claim.pk: Standing(
            status=ClaimStatus(claim.status),
            insurance=owed[claim.pk].insurance,
            patient=owed[claim.pk].patient,
            contested=owed[claim.pk].contested,
            undecided=claim.pk in fought,
            protected=claim.pk in protected,
            next_payer=any(
                each.rank > claim.payer_rank and each.status is not ClaimStatus.VOIDED for each in siblings[claim.pk]
            ),
            disputed=any(
                each.status in AWAITED or (each.status in REFUSED and each.key in fought) for each in siblings[claim.pk]
            ),
            other_plan=claim.pk in other_plan,
            bills_on=claim.pk in bills_on,
        )
        for claim in claims
    }


def _fought(claims: Sequence[Claim], undecided: "QuerySet[Claim]") -> set[int]:
    """Of the visits of `claims`: a claim's state says that something was refused once, not whether that is decided."""
    visits = {claim.encounter_id for claim in claims}
    return set(undecided.filter(encounter__in=visits).values_list("pk", flat=True)) if visits else set()


def _billed_on(claims: Collection[int], now: datetime) -> set[int]:
    """Those that `build_secondaries` bills to the next payer, whichever of the two steps comes first."""
    if not claims:
        return set()
    due = claims_to_bill_on(now).filter(pk__in=claims).exclude(pk__in=billed_anyway().values("pk"))
    return set(due.values_list("pk", flat=True))


def protected_visits(visits: Sequence[Encounter]) -> set[int]:
    """Self-pay visits of patients whom Medicaid covered on that day: those may not be billed as they please."""
    patients = {visit.patient_id for visit in visits}
    coverages, told = _coverages(patients), _told_by_271(patients)
    return {
        visit.pk
        for visit in visits
        if _has_medicaid(coverages[visit.patient_id], visit.service_date)
        or _nearest(told[visit.patient_id], visit.service_date)
    }


def _coverages(patients: Collection[int]) -> defaultdict[int, list[Coverage]]:
    found: defaultdict[int, list[Coverage]] = defaultdict(list)
    for coverage in Coverage.objects.filter(patient__in=patients).select_related("payer"):
        found[coverage.patient_id].append(coverage)
    return found


def _has_medicaid(coverages: Sequence[Coverage], day: date) -> bool:
    return any(each.payer.filing_indicator == MEDICAID and _covers(each, day) for each in coverages)


def _covers(coverage: Coverage, day: date) -> bool:
    return (coverage.starts_on is None or coverage.starts_on <= day) and (
        coverage.ends_on is None or day <= coverage.ends_on
    )


def _protected(claims: Sequence[Claim], coverages: defaultdict[int, list[Coverage]]) -> set[int]:
    """Medicaid on the service date, a payer's QMB remark, or a 271 that said so (DOMAIN 6)."""
    remarked = set(
        Adjudication.objects.filter(
            claim__encounter__in=[claim.encounter_id for claim in claims],
            reversed=False,
            remark_codes__overlap=QMB_REMARKS,
        ).values_list("claim__encounter_id", flat=True)
    )
    told = _told_by_271({claim.patient_id for claim in claims})
    return {
        claim.pk
        for claim in claims
        if claim.encounter_id in remarked
        or claim.payer.filing_indicator == MEDICAID
        or _has_medicaid(coverages[claim.patient_id], claim.service_date)
        or _nearest(told[claim.patient_id], claim.service_date)
    }


def _told_by_271(patients: Collection[int]) -> defaultdict[int, list[tuple[date, bool]]]:
    """Patient -> (day asked about, whether Medicaid pays the cost share)."""
    found: defaultdict[int, list[tuple[date, bool]]] = defaultdict(list)
    answers = EligibilityCheck.objects.filter(coverage__patient__in=patients, state=EligibilityCheck.State.ANSWERED)
    for patient, day, benefits in answers.values_list("coverage__patient_id", "service_date", "benefits"):
        found[patient].append((day, bool(benefits.get("medicaid_pays_cost_share"))))
    return found


def _nearest(told: Sequence[tuple[date, bool]], day: date) -> bool:
    """QMB comes and goes by the month: the answer nearest to the service date counts."""
    return min(told, key=lambda each: abs((each[0] - day).days))[1] if told else False


def _siblings(claims: Sequence[Claim]) -> defaultdict[int, list[_Sibling]]:
    """By claim. Most visits have one claim and none."""
    found: defaultdict[int, list[_Sibling]] = defaultdict(list)
    shared = Claim.objects.filter(encounter__in=[claim.encounter_id for claim in claims], payer_rank__gt=1)
    of_visit: defaultdict[int, list[_Sibling]] = defaultdict(list)
    rows = Claim.objects.filter(encounter__in=shared.values("encounter"))
    for visit, pk, rank, status in rows.values_list("encounter_id", "pk", "payer_rank", "status"):
        of_visit[visit].append(_Sibling(pk, rank, ClaimStatus(status)))
    for claim in claims:
        found[claim.pk] = [each for each in of_visit[claim.encounter_id] if each.key != claim.pk]
    return found
