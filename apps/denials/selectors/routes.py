"""The routing rules as their page shows them: in order, which of them no denial meets, and what stood before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from apps.denials.models import Denial, RoutingRule
from apps.denials.rules.lanes import RuleView, unreached


@dataclass(frozen=True, slots=True)
class RouteRow:
    """`number`: its turn, from 1. `behind`: the turn of a rule before it that takes all of its own. `last_met`: when it last routed one."""

    number: int
    rule: RoutingRule
    behind: int | None
    last_met: datetime | None
    may_rise: bool
    may_sink: bool


def route_rows(views: Sequence[RuleView], rules: dict[int, RoutingRule]) -> list[RouteRow]:
    """In the order in which they are asked. One query."""
    met = Denial.objects.filter(rule__in=rules).order_by().values("rule").annotate(last=Max("routed_at"))
    last = dict(met.values_list("rule", "last"))
    ordered = [rules[view.key] for view in views]
    turns = {rule.pk: number for number, rule in enumerate(ordered, start=1)}
    hidden = unreached(views)
    return [
        RouteRow(
            number=turns[rule.pk],
            rule=rule,
            behind=turns.get(hidden.get(rule.pk, 0)),
            last_met=last.get(rule.pk),
            may_rise=number > 0 and not rule.takes_everything,
            may_sink=number < len(ordered) - 2 and not rule.takes_everything,
        )
        for number, rule in enumerate(ordered)
    ]


def ended_routes() -> "QuerySet[RoutingRule]":
    """The last to end first."""
    rows = RoutingRule.objects.exclude(ended_at=None).select_related("payer", "ended_by")
    return rows.order_by("-ended_at", "-pk")
