"""Bulk fixes: what one would do, how far it is, what became of each claim."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.claims.models import BulkFix, BulkFixItem, Claim, Finding
from apps.claims.selectors.exceptions import ONE_CLICK, titles_of
from apps.claims.states import WAITS_FOR_US
from apps.worklist.models import WorkItem

# So many kinds of the same rule's fix are told apart before it is done.
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Fixable:
    """What a rule's suggested fixes would do to claims: how many of them have one, and in which words, most first."""

    number: int
    labels: tuple[tuple[str, int], ...]


def claims_of(items: Sequence[int]) -> "QuerySet[Claim]":
    """Those that still wait for a person, of tasks by primary key."""
    return Claim.objects.filter(work_item__any_of=items, work_item__state=WorkItem.State.OPEN, status__in=WAITS_FOR_US)


def findings(claims: "QuerySet[Claim]", rule: str) -> "QuerySet[Finding]":
    return Finding.objects.filter(ONE_CLICK, rule=rule, claim__in=claims.order_by().values("pk"))


def fixable(claims: "QuerySet[Claim]", rule: str) -> Fixable:
    rows = findings(claims, rule)
    number = rows.aggregate(number=Count("claim", distinct=True))["number"]
    labels = rows.values_list("fix__label").annotate(number=Count("claim", distinct=True)).order_by("-number")
    return Fixable(number, tuple(labels[:MOST_LABELS]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Claims, by what became of them so far."""

    claims: int
    ready: int = 0
    stopped: int = 0
    changed: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        return self.ready + self.stopped + self.changed + self.failed

    @property
    def again(self) -> int:
        """How many are worth another try."""
        return self.changed + self.failed


def outcome(bulk: BulkFix) -> Outcome:
    """As its run counted; `bulk` read with its run."""
    return Outcome(**{"claims": bulk.claim_count, **bulk.run.counts})


def rule_title(bulk: BulkFix) -> str:
    if not bulk.rule:
        return "Chosen rows"
    return titles_of([bulk.rule])[bulk.rule]


def bulks() -> "QuerySet[BulkFix]":
    return BulkFix.objects.select_related("run", "requested_by").order_by("-requested_at", "-pk")


def running() -> list[BulkFix]:
    return list(bulks().filter(finished_at=None)[:5])


def items(bulk: BulkFix, state: str) -> "QuerySet[BulkFixItem]":
    """One a claim, with what is to be shown of it."""
    rows = bulk.items.select_related("claim__patient", "claim__payer")
    if state in BulkFixItem.State.values:
        rows = rows.filter(state=state)
    return rows.order_by("claim", "pk").distinct("claim")
