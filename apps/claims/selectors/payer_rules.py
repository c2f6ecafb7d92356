"""The practice's own rules: those that run, what they are called, and what one would have done to the claims of the last 90 days."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Upper

from apps.claims.models import Claim, ClaimLine, Finding, PayerRule
from apps.claims.rules.conditions import procedures_needed
from apps.claims.rules.findings import Rule
from apps.claims.rules.payer_rules import PREFIX, Action, RuleSet, RuleSpec, number_of, stored_rule
from apps.claims.rules.registry import rule_of
from apps.claims.selectors.snapshots import snapshots
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.practice.models import Practice

TRIED_DAYS = timedelta(days=90)
# As many snapshots are held in memory at a time.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """`claims`: how many of the rule's payer were looked at; `held`: the keys of those that it speaks of; `denied`: of these, how many
    were denied on their first remittance.
    """

    claims: int
    held: tuple[int, ...]
    denied: int


def spec_of(row: PayerRule) -> RuleSpec:
    return RuleSpec(
        row.number,
        row.name,
        row.sentence,
        row.conditions,
        Action(row.action),
        row.payer.name if row.payer else "",
        row.effective_from,
        row.effective_to,
        row.set_field,
        row.set_value,
    )


def running_rules() -> RuleSet:
    """Those that are switched on, ready to be asked. One query."""
    rows = PayerRule.objects.filter(state=PayerRule.State.ON).select_related("payer").order_by("number")
    return RuleSet(spec_of(row) for row in rows)


def rules_of(findings: Collection[Finding]) -> dict[int, Rule]:
    """By finding: its rule, under the name that it has now. A query where a rule of the practice's own is among them."""
    names = rule_names({finding.rule for finding in findings})
    return {
        finding.pk: named_rule(
            finding.rule, finding.severity, names, clinical=bool(finding.fix and finding.fix.get("clinical"))
        )
        for finding in findings
    }


def named_rule(code: str, severity: str, names: dict[str, str], *, clinical: bool = False) -> Rule:
    if number_of(code) is None:
        return rule_of(code, severity)
    return stored_rule(code, severity, names.get(code, ""), clinical=clinical)


def rule_names(codes: Collection[str]) -> dict[str, str]:
    numbers = [number for code in codes if (number := number_of(code)) is not None]
    if not numbers:
        return {}
    rows = PayerRule.objects.filter(number__in=numbers).values_list("number", "name")
    return {f"{PREFIX}{number}": name for number, name in rows}


def all_rules() -> "QuerySet[PayerRule]":
    """Those that run first, by payer and name."""
    running = Case(When(state=PayerRule.State.ON, then=0), When(state=PayerRule.State.DRAFT, then=1), default=2)
    rows = PayerRule.objects.select_related("payer", "owner", "author", "state_by", "reviewed_by", "work_item")
    return rows.order_by(running, F("payer__name").asc(nulls_first=True), "name", "pk")


def stale_rules(today: date) -> int:
    """How many run past the day of their review."""
    return PayerRule.objects.filter(state=PayerRule.State.ON, review_on__lte=today).count()


def counts_of(rows: Collection[PayerRule]) -> dict[str, tuple[int, int]]:
    """By code: claims that it has spoken of so far, and claims on which a person overrode it."""
    found = (
        Finding.objects.filter(rule__in=[row.code for row in rows])
        .values("rule")
        .annotate(
            hits=Count("claim", distinct=True),
            overrides=Count("claim", distinct=True, filter=Q(state=Finding.State.OVERRIDDEN)),
        )
    )
    return {row["rule"]: (row["hits"], row["overrides"]) for row in found}


def most_percent() -> int:
    """The share of a payer's claims that a rule may hold, as the practice's settings say."""
    practice = Practice.objects.first() or Practice()
    return practice.rule_holds_percent


def try_on_the_past(row: PayerRule, *, today: date) -> Trial:
    """What the rule would have said of the claims with a visit in the last 90 days, each as it stands now and on the day on which it
    was built. The rule's own dates are left aside, since a new one begins today.
    """
    claims = _of_the_past(row, today)
    held = tuple(fitting(row, claims))
    return Trial(claims.count(), held, Claim.objects.filter(pk__in=held, denied_on_first_remittance=True).count())


def fitting(row: PayerRule, claims: "QuerySet[Claim]") -> list[int]:
    """The keys of those that the rule speaks of by its conditions, whatever its own dates. None where it cannot be asked."""
    rules = RuleSet([replace(spec_of(row), first=None, last=None)])
    if rules.broken:
        return []
    return [key for keys in _chunks(_worth_asking(row, claims)) for key in _held(rules, keys)]


def _worth_asking(row: PayerRule, claims: "QuerySet[Claim]") -> "QuerySet[Claim]":
    """Where the rule names procedures the database finds the claims with one of them, and no other is looked at."""
    codes = procedures_needed(row.conditions)
    if codes is None:
        return claims
    lines = ClaimLine.objects.annotate(code=Upper("procedure")).filter(claim=OuterRef("pk"), code__in=codes)
    return claims.filter(Exists(lines))


def _of_the_past(row: PayerRule, today: date) -> "QuerySet[Claim]":
    claims = Claim.objects.filter(service_date__gte=today - TRIED_DAYS, service_date__lte=today)
    return of_its_payer(row, claims.exclude(status=ClaimStatus.VOIDED))


def of_its_payer(row: PayerRule, claims: "QuerySet[Claim]") -> "QuerySet[Claim]":
    return claims.filter(payer=row.payer) if row.payer else claims


def _chunks(claims: "QuerySet[Claim]") -> "Iterator[dict[int, date]]":
    """Keys of claims and the days on which they were built."""
    rows = [(key, practice_date(built)) for key, built in claims.order_by("pk").values_list("pk", "built_at")]
    for start in range(0, len(rows), _CHUNK):
        yield dict(rows[start : start + _CHUNK])


def _held(rules: RuleSet, built: dict[int, date]) -> "Iterator[int]":
    for key, view in snapshots(built, today=date.max).items():
        if rules.found(replace(view, today=built[key])):
            yield key


def tried_claims(keys: Collection[int]) -> "QuerySet[Claim]":
    """To be shown: the denied first, then the newest visits."""
    rows = Claim.objects.filter(pk__in=keys).select_related("patient", "payer")
    return rows.order_by(F("denied_on_first_remittance").desc(nulls_last=True), "-service_date", "pk")
