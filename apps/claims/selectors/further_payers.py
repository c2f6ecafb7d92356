"""Which claims are to be billed on to a next payer, and to which coverage (DOMAIN 1, secondary)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim
from apps.claims.rules.outcome import FORWARDED, FURTHER_PAYER
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.intake.models import Coverage
from apps.ledger.models import Account
from apps.ledger.selectors import patients_share_now, receivable_now

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

OTHER_PAYER_FIRST = "22"  # CARC: another payer may cover it
LAST_RANK = 3  # SBR01 T
CROSSOVER_ANSWERS_WITHIN = timedelta(days=30)
CROSSOVER_FOUND_OUT_WITHIN = timedelta(days=10)
# Longer than a year after the visit hardly any payer takes a claim (Medicare: 42 CFR 424.44, one calendar year).
TAKEN_WITHIN = timedelta(days=365)
_ANSWERED = (
    ClaimStatus.PAID,
    ClaimStatus.PARTLY_DENIED,
    ClaimStatus.DENIED,
    ClaimStatus.PATIENT_BALANCE,
    ClaimStatus.CLOSED,
)


def claims_to_bill_on(now: datetime) -> "QuerySet[WithAnnotations[Claim]]":
    """Answered claims of which something is left, no later claim, and another plan on the day of service that has not spoken:
    `next_coverage` is its key.

    Something is left where the patient owes; where the patient has paid what another plan may owe, as long as payers take it; or where
    the payer denied because another may pay (CARC 22). A claim that was passed on by its payer waits for the answer, see
    `crossovers_overdue`; a claim to a next payer that was voided is not built again.
    """
    later = Claim.objects.filter(encounter=OuterRef("encounter"), payer_rank__gt=OuterRef("payer_rank"))
    coverages = Coverage.objects.filter(rank__gt=1).values("patient")
    has_spoken = Q(status__in=_ANSWERED) & ~_passed_on()
    overdue = Q(bill_crossover_from__lte=now)
    answered = Claim.objects.filter(
        has_spoken | (overdue & Q(status__in=(*_ANSWERED, ClaimStatus.FORWARDED))),
        ~Exists(later),
        patient__in=coverages,
        payer_rank__lt=LAST_RANK,
    )
    owing = answered.annotate(
        next_coverage=Subquery(_next_coverages().values("pk")[:1]),
        patients=receivable_now(),
        share=patients_share_now(),
        insurance=receivable_now(Account.INSURANCE_RECEIVABLE),
    )
    # Worked out by the database from the moment itself: see StandingQuery.
    taken = Q(service_date__gte=Cast(Value(now - TAKEN_WITHIN), DateField()))
    left = Q(patients__gt=ZERO) | (taken & Q(share__gt=ZERO)) | (Q(insurance__gt=ZERO) & _another_is_first())
    return owing.filter(left, next_coverage__isnull=False)


def crossovers_overdue(today: date) -> QuerySet[Claim]:
    """Claims that their payer says it has passed on, and of which nobody was asked although no other payer has spoken in 30 days."""
    lately = Adjudication.objects.filter(
        claim=OuterRef("pk"), reversed=False, remitted_on__gt=today - CROSSOVER_ANSWERS_WITHIN
    )
    later = Claim.objects.filter(encounter=OuterRef("encounter"), payer_rank__gt=OuterRef("payer_rank"))
    passed_on = Claim.objects.filter(status=ClaimStatus.FORWARDED, bill_crossover_from=None)
    return passed_on.filter(~Exists(lately), ~Exists(later), ~_answered_by_another())


def next_payer_names(claim_ids: Collection[int]) -> dict[int, str]:
    """By claim; those without another plan on their day are left out."""
    name = Subquery(_next_coverages().values("payer__name")[:1])
    rows = Claim.objects.filter(pk__in=claim_ids).annotate(next_payer=name).values_list("pk", "next_payer")
    return {claim: payer for claim, payer in rows if payer}


def next_coverages(claim_ids: Collection[int]) -> dict[int, Coverage]:
    """By claim the plan that would be billed next; those without one are left out."""
    found = Subquery(_next_coverages().values("pk")[:1])
    rows = Claim.objects.filter(pk__in=claim_ids).annotate(next_coverage=found).values_list("pk", "next_coverage")
    keys = {claim: coverage for claim, coverage in rows if coverage}
    coverages = Coverage.objects.select_related("payer").in_bulk(list(keys.values()))
    return {claim: coverages[key] for claim, key in keys.items()}


def _next_coverages() -> QuerySet[Coverage]:
    """For a claim: on its day, of a later rank, a membership of which the visit has neither a claim nor an answer.

    A payer may have two plans of one patient, under two member ids. What it says of a claim of its own is that plan's word.
    """
    day, visit = OuterRef("service_date"), OuterRef(OuterRef("encounter"))
    holds = Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day)
    asked = Claim.objects.filter(
        encounter=visit, payer=OuterRef("payer"), coverage__member_id__iexact=OuterRef("member_id")
    )
    said = Adjudication.objects.filter(claim__encounter=visit, payer=OuterRef("payer"), reversed=False)
    spoke = said.exclude(_of_its_own_claim())
    found = Coverage.objects.filter(*holds, ~Exists(asked), ~Exists(spoke), patient=OuterRef("patient"))
    return found.filter(rank__gt=OuterRef("payer_rank")).order_by("rank", "-pk")


def _passed_on() -> Exists:
    return Exists(
        Adjudication.objects.filter(
            claim=OuterRef("pk"), reversed=False, claim_status_code__in=FORWARDED, payer=OuterRef("payer")
        )
    )


def _answered_by_another() -> Exists:
    others = Adjudication.objects.filter(claim__encounter=OuterRef("encounter"), reversed=False)
    return Exists(others.exclude(Q(payer=OuterRef("payer")) & _of_its_own_claim()))


def _of_its_own_claim() -> Q:
    """Not of what was passed on to it under an earlier claim's number, which may be from one of its plans to the other."""
    return Q(claim__payer=F("payer")) & ~Q(claim__payer_rank=1, claim_status_code__in=FURTHER_PAYER)


def _another_is_first() -> Exists:
    said = AdjudicationAdjustment.objects.filter(
        adjudication__claim=OuterRef("pk"),
        adjudication__payer=OuterRef("payer"),
        adjudication__reversed=False,
        adjustment_class=AdjudicationAdjustment.Class.DENIAL,
        carc=OTHER_PAYER_FIRST,
    )
    return Exists(said)
