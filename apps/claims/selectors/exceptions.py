"""Claims that wait for a person, with what stands against them and what may be done about it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from apps.claims.models import Claim, Finding
from apps.claims.rules.findings import Fix, Rule
from apps.claims.selectors.payer_rules import named_rule, rule_names, rules_of
from apps.claims.states import WAITS_FOR_US
from apps.core.clock import practice_date
from apps.worklist.models import WorkItem

# What anybody may apply by one click; what says something of the visit is a coder's (DOMAIN 2).
ONE_CLICK = Q(state=Finding.State.OPEN, fix__isnull=False, fix__clinical=False)
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
    """`age`: days for which it has waited."""

    claim: Claim
    findings: Sequence[FindingView]
    age: int

    @property
    def first(self) -> FindingView | None:
        return self.findings[0] if self.findings else None

    @property
    def one_click(self) -> FindingView | None:
        """The first that anybody may fix."""
        return next((view for view in self.findings if view.one_click), None)

    @property
    def more(self) -> int:
        return max(len(self.findings) - 1, 0)

    @property
    def due_on(self) -> date | None:
        return self.claim.work_item.due_on if self.claim.work_item else None

    @property
    def is_ready(self) -> bool:
        return self.claim.status not in WAITS_FOR_US


def rule_counts(snoozed: "QuerySet[WorkItem]", *, only: bool) -> list[tuple[Rule, int]]:
    """How many waiting claims each rule holds, most first: those of the `snoozed` tasks alone, or all but those.

    A finding that stops a claim is open only while the claim waits. The snoozed are few: to count them apart and take them off is
    quicker than to ask the task of every claim.
    """
    stopping = Finding.objects.filter(state=Finding.State.OPEN, severity=Finding.Severity.BLOCK)
    counts = _by_rule(stopping.filter(claim__work_item__in=snoozed))
    if not only:
        counts = _by_rule(stopping) - counts
    names = rule_names(counts)
    in_turn = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [(named_rule(code, Finding.Severity.BLOCK, names), number) for code, number in in_turn]


def _by_rule(rows: "QuerySet[Finding]") -> Counter[str]:
    return Counter(dict(rows.order_by().values_list("rule").annotate(Count("claim", distinct=True))))


def titles_of(codes: Collection[str]) -> dict[str, str]:
    """What rules of these codes are called now."""
    names = rule_names(codes)
    return {code: named_rule(code, Finding.Severity.BLOCK, names).title for code in codes}


def exception_views(claims: Iterable[Claim], *, today: date, rule: str = "") -> list[ExceptionView]:
    """`rule`: the one that is asked about comes first."""
    shown = list(claims)
    found: dict[int, list[FindingView]] = {claim.pk: [] for claim in shown}
    rows = list(Finding.objects.filter(claim__in=list(found), state=Finding.State.OPEN).order_by("pk"))
    rules = rules_of(rows)
    for row in rows:
        found[row.claim_id].append(FindingView(row, rules[row.pk], Fix.from_json(row.fix) if row.fix else None))
    return [
        ExceptionView(
            claim,
            sorted(
                found[claim.pk],
                key=lambda view: (view.row.rule != rule, _FIRST[Finding.Severity(view.row.severity)]),
            ),
            (today - practice_date(claim.work_item.opened_at)).days if claim.work_item else 0,
        )
        for claim in shown
    ]
