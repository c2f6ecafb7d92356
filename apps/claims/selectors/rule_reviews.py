"""What the owner of a rule looks at each quarter (DOMAIN 2.8): what it found, what people overrode, and the denials it let pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from apps.claims.models import AdjudicationAdjustment, Claim, Finding, PayerRule
from apps.claims.selectors.payer_rules import fitting, of_its_payer

# Far enough back that denials from before the rule, which a running rule no longer lets happen, still say what they looked like.
EVIDENCE_DAYS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Review:
    """Since the last review. `missed`: its payer's claims that it let pass and that were denied on the first remittance; `alike`: of
    these, those denied for one of `carcs`, the reasons for which claims that fit its conditions were denied within a year.
    """

    since: datetime
    hits: int
    overrides: int
    missed: "QuerySet[Claim]"
    alike: "QuerySet[Claim]"
    carcs: Sequence[str]


def review_of(row: PayerRule, *, now: datetime) -> Review:
    since = row.reviewed_at or row.state_at or row.written_at
    # An override counts by its own day: its finding may be older than the last review.
    overridden = Q(state=Finding.State.OVERRIDDEN, settled_at__gte=since)
    found = Finding.objects.filter(overridden | Q(found_at__gte=since), rule=row.code).aggregate(
        hits=Count("claim", distinct=True, filter=Q(found_at__gte=since)),
        overrides=Count("claim", distinct=True, filter=overridden),
    )
    denied = of_its_payer(row, Claim.objects.filter(denied_on_first_remittance=True))
    spoken_of = Exists(Finding.objects.filter(claim=OuterRef("pk"), rule=row.code))
    missed = denied.filter(~spoken_of, first_adjudicated_at__gte=since)
    missed = missed.filter(service_date__gte=row.effective_from) if row.effective_from else missed
    missed = missed.filter(service_date__lte=row.effective_to) if row.effective_to else missed
    evidence = fitting(row, denied.filter(first_adjudicated_at__gte=now - EVIDENCE_DAYS))
    of_evidence = first_reasons().filter(adjudication__claim__in=evidence)
    carcs = list(of_evidence.order_by("carc").values_list("carc", flat=True).distinct())
    same = first_reasons().filter(adjudication__claim=OuterRef("pk"), carc__in=carcs)
    shown = missed.select_related("patient", "payer").order_by("-service_date", "pk")
    return Review(since, found["hits"], found["overrides"], shown, shown.filter(Exists(same)), carcs)


def first_reasons() -> "QuerySet[AdjudicationAdjustment]":
    """For which claims were denied in their first answer, whether or not it stands by now: a correction's answer takes its place."""
    denials = AdjudicationAdjustment.objects.filter(adjustment_class=AdjudicationAdjustment.Class.DENIAL)
    return denials.filter(adjudication__recorded_at=F("adjudication__claim__first_adjudicated_at"))
