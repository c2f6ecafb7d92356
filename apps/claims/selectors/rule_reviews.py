"""What the owner of a rule looks at each quarter (DOMAIN 2.8): what it found, what people overrode, and the denials it let pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

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
    overridden = Q(state=Finding.State.OVERRIDDEN)
    found = Finding.objects.filter(rule=row.code, found_at__gte=since).aggregate(
        hits=Count("claim", distinct=True), overrides=Count("claim", distinct=True, filter=overridden)
    )
    denied = of_its_payer(row, Claim.objects.filter(denied_on_first_remittance=True))
    spoken_of = Exists(Finding.objects.filter(claim=OuterRef("pk"), rule=row.code))
    missed = denied.filter(~spoken_of, first_adjudicated_at__gte=since)
    missed = missed.filter(service_date__gte=row.effective_from) if row.effective_from else missed
    missed = missed.filter(service_date__lte=row.effective_to) if row.effective_to else missed
    evidence = fitting(row, denied.filter(first_adjudicated_at__gte=now - EVIDENCE_DAYS))
    reasons = AdjudicationAdjustment.objects.filter(adjustment_class=AdjudicationAdjustment.Class.DENIAL)
    of_evidence = reasons.filter(adjudication__claim__in=evidence, adjudication__reversed=False)
    carcs = list(of_evidence.order_by("carc").values_list("carc", flat=True).distinct())
    same = reasons.filter(adjudication__claim=OuterRef("pk"), adjudication__reversed=False, carc__in=carcs)
    shown = missed.select_related("patient", "payer").order_by("-service_date", "pk")
    return Review(since, found["hits"], found["overrides"], shown, shown.filter(Exists(same)), carcs)
