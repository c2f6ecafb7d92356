"""The exception queue as the address asks for it: which claims, in which order, how many and how much.

Each claim that waits for a person has an open task of its own, and the queue is read from there: deadline, owner and snooze stand in
one row, in an index that holds nothing else. What it takes to show a page does not grow with the queue.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Aggregate, Case, Count, F, OrderBy, Q, QuerySet, Sum, Value, When

from apps.claims.models import Claim, Finding
from apps.claims.states import WAITS_FOR_US
from apps.core.clock import practice_zone
from apps.core.models import User
from apps.core.money import ZERO
from apps.worklist.models import WorkItem
from apps.worklist.snoozing import awake

EXCEPTION_KIND = "claim_exception"
_CLAIM_NUMBER = re.compile(r"T[0-9A-Z]{3,19}", re.IGNORECASE | re.ASCII)
WEEK = timedelta(days=7)
VIEWS = ("all", "mine", "unassigned", "snoozed")
DUE = ("past", "week", "none")
# How long a claim has waited here at least, in days.
AGES = {"2": 2, "7": 7, "30": 30}


@dataclass(frozen=True, slots=True)
class Filter:
    """As the address says it; "" is any. `patient`: public ids, parted by commas; `number` begins a claim's number, ours or the payer's."""

    view: str = "all"
    rule: str = ""
    status: str = ""
    payer: str = ""
    provider: str = ""
    due: str = ""
    age: str = ""
    amount: Decimal | None = None
    assignee: str = ""
    number: str = ""
    patient: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether more is asked for than a view."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "view")

    @property
    def asks_the_claim(self) -> bool:
        """Whether tasks alone cannot tell."""
        return bool(
            self.rule or self.status or self.payer or self.provider or self.number or self.patient or self.amount
        )


def tasks(chosen: Filter, *, user: User, today: date) -> "QuerySet[WorkItem]":
    """The open tasks of the queue, by what a task itself knows."""
    return WorkItem.objects.filter(_of_task(chosen, user, today))


def claims(chosen: Filter, *, user: User, today: date) -> "QuerySet[Claim]":
    wanted = _of_task(chosen, user, today, "work_item__") & Q(status__in=WAITS_FOR_US)
    if chosen.number:
        wanted &= Q(control_number__istartswith=chosen.number) | Q(payer_claim_number__istartswith=chosen.number)
    if chosen.patient:
        wanted &= Q(patient__public_id__in=chosen.patient.split(","))
    if chosen.rule:
        wanted &= Q(pk__in=Finding.objects.filter(rule=chosen.rule, state=Finding.State.OPEN).values("claim"))
    plain = {
        "status": chosen.status if chosen.status in WAITS_FOR_US else "",
        "payer__public_id": chosen.payer,
        "provider__public_id": chosen.provider,
        "total__gte": chosen.amount,
    }
    return Claim.objects.filter(wanted, **{name: value for name, value in plain.items() if value})


def _of_task(chosen: Filter, user: User, today: date, path: str = "") -> Q:
    """What a task itself can tell. `path` leads to it from the rows that are asked for."""
    view, due = _view(chosen.view, user, today, path), _due(chosen.due, today, path)
    return _open(path) & view & due & _age_and_assignee(chosen, today, path)


def _age_and_assignee(chosen: Filter, today: date, path: str = "") -> Q:
    wanted = Q()
    if chosen.age in AGES:
        before = datetime.combine(today - timedelta(days=AGES[chosen.age] - 1), time(), practice_zone())
        wanted &= Q(**{f"{path}opened_at__lt": before})
    if chosen.assignee:
        wanted &= Q(**{f"{path}assignee__public_id": chosen.assignee})
    return wanted


def _open(path: str = "") -> Q:
    return Q(**{f"{path}kind": EXCEPTION_KIND, f"{path}state": WorkItem.State.OPEN})


def _view(view: str, user: User, today: date, path: str = "") -> Q:
    """What is snoozed is out of sight everywhere but in its own view."""
    if view == "snoozed":
        return Q(**{f"{path}snoozed_until__gt": today})
    owners: dict[str, dict[str, User | None]] = {
        "mine": {f"{path}assignee": user},
        "unassigned": {f"{path}assignee": None},
    }
    return awake(today, path) & Q(**owners.get(view, {}))


def _due(name: str, today: date, path: str = "") -> Q:
    names: dict[str, dict[str, object]] = {
        "past": {f"{path}due_on__lt": today},
        "week": {f"{path}due_on__range": (today, today + WEEK)},
        "none": {f"{path}due_on": None},
    }
    return Q(**names.get(name, {}))


def patients_of(rows: "QuerySet[Claim]") -> list[str]:
    """Public ids of those of whom the claims are."""
    return list(rows.order_by("patient__public_id").values_list("patient__public_id", flat=True).distinct())


def is_number(words: str) -> bool:
    """Whether it reads as a number of our claims, the only one that may stand in an address: not a birth date, not a member id."""
    return bool(_CLAIM_NUMBER.fullmatch(words)) and any(sign.isdigit() for sign in words)


def patients_named(words: str, limit: int) -> list[str]:
    """Public ids of up to `limit` patients whose last name (or first and last name, or "last, first") begins so, of whom a claim waits."""
    last, comma, first = (part.strip() for part in words.partition(","))
    if not comma and " " in last:
        first, _, last = last.partition(" ")
    waiting = Claim.objects.filter(_open("work_item__"), status__in=WAITS_FOR_US)
    named = Q(patient__last_name__istartswith=last)
    if first:
        named &= Q(patient__first_name__istartswith=first)
    if not comma:
        named |= Q(patient__last_name__istartswith=words)
    found = waiting.filter(named).values_list("patient__public_id", flat=True)
    return list(found.order_by("patient__public_id").distinct()[:limit])


_DUE_FIRST = (F("work_item__due_on").asc(nulls_first=True), F("work_item__amount_at_stake").desc())
SORTS: Mapping[str, tuple[OrderBy, ...]] = {
    "due": _DUE_FIRST,
    "amount": (F("total").asc(),),
    "age": (F("work_item__opened_at").desc(),),
    "patient": (F("patient__last_name").asc(), F("patient__first_name").asc()),
    "payer": (F("payer__name").asc(),),
}


def in_order(rows: "QuerySet[Claim]", sort: str) -> "QuerySet[Claim]":
    """Nearest deadline first, and one that nobody configured before all; then the larger amount. Or by one column, `-name` turned."""
    name = sort.removeprefix("-")
    ordered = rows.order_by(*SORTS.get(name, _DUE_FIRST), "work_item" if name not in SORTS else "pk")
    return ordered.reverse() if sort.startswith("-") and name in SORTS else ordered


def page_rows(keys: Sequence[int]) -> list[Claim]:
    """The claims of a page, in the order of their keys: only they are read whole."""
    related = ("patient", "payer", "provider", "work_item__assignee")
    found = Claim.objects.select_related(*related).in_bulk(keys)
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True, slots=True)
class Totals:
    """Claims and dollars at stake; of these due in seven days and past due."""

    number: int = 0
    amount: Decimal = ZERO
    week: int = 0
    week_amount: Decimal = ZERO
    past: int = 0
    past_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Overview:
    """What each view holds, and the totals of what the filter shows."""

    views: Mapping[str, int]
    totals: Totals

    @property
    def waiting(self) -> int:
        return self.views["all"] + self.views["snoozed"]


def overview(chosen: Filter, *, user: User, today: date) -> Overview:
    """The totals leave the filter's deadline aside, since they are how one gets to it.

    The tasks are gone through once for all that they can tell; the claims are asked only where the filter asks them.
    """
    asked = replace(chosen, due="")
    if chosen.asks_the_claim:
        found = claims(asked, user=user, today=today).order_by().aggregate(**_sums(today))
        whose = WorkItem.objects.filter(_open()).order_by().values_list(_whose(user, today)).annotate(Count("pk"))
        return Overview(_views([_Heap(*row) for row in whose]), Totals(**found))
    heaps = _heaps(asked, user=user, today=today)
    views = _views(heaps)
    shown = [heap for heap in heaps if heap.is_in(chosen.view) and heap.asked]
    number, amount = _added(shown)
    week, past = (_added([heap for heap in shown if heap.due == due]) for due in (_WEEK, _PAST))
    return Overview(views, Totals(number, amount, *week, *past))


_SNOOZED, _MINE, _NOBODYS, _ANOTHERS = range(4)
_LATER, _WEEK, _PAST = range(3)


class _Heap(NamedTuple):
    """Open tasks that are alike in all that is counted. `whose`, `due`: as the names above."""

    whose: int
    number: int
    amount: Decimal | None = None
    due: int = _LATER
    asked: bool = True

    def is_in(self, view: str) -> bool:
        own = {"snoozed": _SNOOZED, "mine": _MINE, "unassigned": _NOBODYS}.get(view)
        return self.whose != _SNOOZED if own is None else self.whose == own


def _heaps(asked: Filter, *, user: User, today: date) -> list[_Heap]:
    """To count each number from the single tasks takes twice as long as to count heaps of them and add up these."""
    due = Case(When(_due("past", today), then=_PAST), When(_due("week", today), then=_WEEK), default=_LATER)
    beyond = _age_and_assignee(asked, today)
    fits = Case(When(beyond, then=True), default=False) if beyond else Value(True)
    rows = WorkItem.objects.filter(_open()).order_by().values_list(_whose(user, today), due, fits)
    counted = rows.annotate(Count("pk"), Sum("amount_at_stake"))
    return [_Heap(whose, number, amount, due, asked) for whose, due, asked, number, amount in counted]


def _whose(user: User, today: date) -> Case:
    snoozed, nobodys, mine = _view("snoozed", user, today), Q(assignee=None), Q(assignee=user)
    return Case(When(snoozed, then=_SNOOZED), When(nobodys, then=_NOBODYS), When(mine, then=_MINE), default=_ANOTHERS)


def _views(heaps: Sequence[_Heap]) -> dict[str, int]:
    return {view: sum(heap.number for heap in heaps if heap.is_in(view)) for view in VIEWS}


def _added(heaps: Sequence[_Heap]) -> tuple[int, Decimal]:
    return sum(heap.number for heap in heaps), sum((heap.amount or ZERO for heap in heaps), ZERO)


def _sums(today: date) -> dict[str, Aggregate]:
    parts = {"": Q(), "week": _due("week", today, "work_item__"), "past": _due("past", today, "work_item__")}
    sums: dict[str, Aggregate] = {}
    for name, part in parts.items():
        sums[name or "number"] = Count("pk", filter=part)
        sums[f"{name}_amount".lstrip("_")] = Sum("total", filter=part, default=ZERO)
    return sums


def waiting_number() -> int:
    """How many claims wait for a person, snoozed ones too."""
    return WorkItem.objects.filter(_open()).count()
