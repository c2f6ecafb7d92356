"""A person changes which lane denials take. What is routed keeps its lane; a change counts for denials that come from then on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.models import User
from apps.denials.models import RoutingRule
from apps.denials.services.routing_rules import routing_rules
from apps.practice.models import Payer

# Places are laid out anew by steps of ten, first beyond all that are in use.
_STEP, _BEYOND = 10, 15_000
MOST_RULES = 500


class RouteError(Exception):
    """The change cannot be made; the message says why, for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a routing rule says. `carc` "" and no payer match anything; both may be so in the last rule only."""

    carc: str
    payer: Payer | None
    lane: str
    owner_role: str
    first_action: str


@transaction.atomic
def add_route(*, route: Route, acting_user: User, now: datetime) -> RoutingRule:
    """Before the last rule, which takes everything. Raises RouteError."""
    rules = _in_order()
    _refuse_without_condition(route)
    _refuse_the_same(route, rules)
    if len(rules) >= MOST_RULES:
        raise RouteError(f"There are {MOST_RULES} rules already. Take out what no denial meets.")
    fresh = _write(route, acting_user, now)
    _lay_out([*rules[:-1], fresh, rules[-1]])
    _record("add_route", fresh, acting_user, now)
    return fresh


@transaction.atomic
def change_route(*, key: int, route: Route, acting_user: User, now: datetime) -> RoutingRule:
    """Ends the rule, and another stands in its place; the same again changes nothing. The last one's condition stays. Raises RouteError."""
    rules = _in_order()
    before = _find(rules, key)
    if before.takes_everything:
        route = replace(route, carc="", payer=None)
    else:
        _refuse_without_condition(route)
    if route == _says(before):
        return before
    _refuse_the_same(route, rules, but=before)
    fresh = _write(route, acting_user, now)
    _end(before, acting_user, now)
    _lay_out([fresh if rule == before else rule for rule in rules])
    _record("change_route", fresh, acting_user, now, was=_told(before))
    return fresh


@transaction.atomic
def move_route(*, key: int, up: bool, acting_user: User, now: datetime) -> None:
    """By one place; at its end, and for the last rule, nothing happens. Raises RouteError."""
    rules = _in_order()
    moved = _find(rules, key)
    place = rules.index(moved)
    to = place - 1 if up else place + 1
    if moved.takes_everything or to < 0 or rules[to].takes_everything:
        return
    rules[place], rules[to] = rules[to], moved
    _lay_out(rules)
    _record("move_route", moved, acting_user, now, place=to + 1)


@transaction.atomic
def end_route(*, key: int, acting_user: User, now: datetime) -> RoutingRule:
    """Its denials go by the rules after it from now on. Raises RouteError."""
    rule = _find(_in_order(), key)
    if rule.takes_everything:
        raise RouteError("The last rule stays: without it a denial could be without a lane.")
    _end(rule, acting_user, now)
    _record("end_route", rule, acting_user, now)
    return rule


def _in_order() -> list[RoutingRule]:
    """One change at a time: each sees the places that the one before it laid out."""
    lock_until_commit("routing rules")
    _, rows = routing_rules()
    return list(rows.values())


def _find(rules: list[RoutingRule], key: int) -> RoutingRule:
    for rule in rules:
        if rule.pk == key:
            return rule
    raise RouteError("Somebody has changed this rule or taken it out since. Look at the list again.")


def _refuse_without_condition(route: Route) -> None:
    if not route.carc and route.payer is None:
        raise RouteError("Name a reason code, a payer, or both: the last rule takes everything else already.")


def _refuse_the_same(route: Route, rules: list[RoutingRule], but: RoutingRule | None = None) -> None:
    for number, rule in enumerate(rules, start=1):
        if rule != but and (rule.carc, rule.payer) == (route.carc, route.payer):
            raise RouteError(f"Rule {number} is for the same code and payer. Change that one.")


def _write(route: Route, acting_user: User, now: datetime) -> RoutingRule:
    return RoutingRule.objects.create(
        place=2 * _BEYOND,
        carc=route.carc,
        payer=route.payer,
        lane=route.lane,
        owner_role=route.owner_role,
        first_action=route.first_action,
        made_at=now,
        made_by=acting_user,
    )


def _end(rule: RoutingRule, acting_user: User, now: datetime) -> None:
    rule.place, rule.ended_at, rule.ended_by = None, now, acting_user
    rule.save(update_fields=["place", "ended_at", "ended_by"])


def _lay_out(rules: list[RoutingRule]) -> None:
    """A place is one rule's at every moment: all go beyond those in use, then each to its own."""
    RoutingRule.objects.filter(ended_at=None, place__lt=_BEYOND).update(place=F("place") + _BEYOND)
    for number, rule in enumerate(rules, start=1):
        rule.place = number * _STEP
    RoutingRule.objects.bulk_update(rules, ["place"])


def _says(rule: RoutingRule) -> Route:
    return Route(rule.carc, rule.payer, rule.lane, rule.owner_role, rule.first_action)


def _told(rule: RoutingRule) -> dict[str, str]:
    return {
        "carc": rule.carc,
        "payer": rule.payer.name if rule.payer else "",
        "lane": rule.lane,
        "owner_role": rule.owner_role,
        "first_action": rule.first_action,
    }


def _record(action: str, rule: RoutingRule, acting_user: User, now: datetime, **detail: Any) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="routing_rule",
        subject_public_id=str(rule.pk),
        **_told(rule),
        **detail,
    )
