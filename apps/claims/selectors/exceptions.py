"""Claims that wait for a person, with what stands against them and what may be done about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum

from apps.claims.models import Claim, Finding
from apps.claims.rules.findings import Fix, Rule
from apps.claims.selectors.payer_rules import named_rule, rule_names, rules_of
from apps.claims.states import WAITS_FOR_US
from apps.core.money import ZERO

# The order in which findings are read: what stops the claim first.
_FIRST = {Finding.Severity.BLOCK: 0, Finding.Severity.WARN: 1, Finding.Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One open finding. `place` says where in words; `fix` what one click (or, if clinical, a coder) would set."""

    row: Finding
    rule: Rule
    fix: Fix | None

    @property
    def place(self) -> str:
        return f"Line {self.row.line}" if self.row.line else ""

    @property
    def one_click(self) -> bool:
        return self.fix is not None and not self.fix.clinical

    @property
    def for_coder(self) -> bool:
        return self.fix is not None and self.fix.clinical


@dataclass(frozen=True, slots=True)
class ExceptionView:
    claim: Claim
    findings: Sequence[FindingView]

    @property
    def first(self) -> FindingView | None:
        return self.findings[0] if self.findings else None

    @property
    def more(self) -> int:
        return max(len(self.findings) - 1, 0)

    @property
    def due_on(self) -> date | None:
        return self.claim.work_item.due_on if self.claim.work_item else None

    @property
    def is_ready(self) -> bool:
        return self.claim.status not in WAITS_FOR_US


def waiting_claims(*, rule: str = "", status: str = "") -> QuerySet[Claim]:
    """Nearest deadline first, and one that nobody configured before all; then the larger amount."""
    claims = Claim.objects.filter(status__in=WAITS_FOR_US)
    if status:
        claims = claims.filter(status=status)
    if rule:
        claims = claims.filter(findings__in=Finding.objects.filter(rule=rule, state=Finding.State.OPEN)).distinct()
    related = claims.select_related("patient", "payer", "provider", "work_item__assignee")
    return related.order_by(F("work_item__due_on").asc(nulls_first=True), "-total", "pk")


def waiting_totals() -> tuple[int, Decimal]:
    found = Claim.objects.filter(status__in=WAITS_FOR_US).aggregate(number=Count("pk"), amount=Sum("total"))
    return found["number"], found["amount"] or ZERO


def rule_counts() -> list[tuple[Rule, int]]:
    """How many waiting claims each rule holds, most first."""
    rows = (
        Finding.objects.filter(
            state=Finding.State.OPEN, severity=Finding.Severity.BLOCK, claim__status__in=WAITS_FOR_US
        )
        .values_list("rule")
        .annotate(number=Count("claim", distinct=True))
        .order_by("-number", "rule")
    )
    counts = list(rows)
    names = rule_names([code for code, _ in counts])
    return [(named_rule(code, Finding.Severity.BLOCK, names), number) for code, number in counts]


def exception_views(claims: Iterable[Claim]) -> list[ExceptionView]:
    shown = list(claims)
    found: dict[int, list[FindingView]] = {claim.pk: [] for claim in shown}
    rows = list(Finding.objects.filter(claim__in=list(found), state=Finding.State.OPEN).order_by("pk"))
    rules = rules_of(rows)
    for row in rows:
        found[row.claim_id].append(FindingView(row, rules[row.pk], Fix.from_json(row.fix) if row.fix else None))
    return [
        ExceptionView(claim, sorted(found[claim.pk], key=lambda view: _FIRST[Finding.Severity(view.row.severity)]))
        for claim in shown
    ]
