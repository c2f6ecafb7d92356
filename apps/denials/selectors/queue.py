"""The list of denials: its filters, order, totals and choices."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from apps.core.models import User
from apps.core.money import ZERO
from apps.denials.models import Denial, Lane
from apps.practice.models import Payer
from apps.worklist.models import WorkItem

State = Denial.State
WEEK = timedelta(days=7)
RECOVERY_DAYS = timedelta(days=90)
VIEWS = {
    "open": Q(state=State.OPEN),
    "waiting": Q(state__in=(State.CORRECTED, State.APPEALED)),
    "decided": ~Q(state__in=(State.OPEN, State.CORRECTED, State.APPEALED)),
}
_KNOWN = ExpressionWrapper(Q(appeal_deadline__isnull=False), output_field=BooleanField())
ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "deadline": (_KNOWN.asc(), "due_on"),
    "patient": ("claim__patient__last_name", "claim__patient__first_name"),
    "payer": ("payer__name",),
    "reason": ("carc", "group"),
    "amount": ("amount",),
    "age": ("-received_at",),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """As the address says it; "" is any. `amount`: the least, in dollars. `view` is a key of VIEWS or "mine"."""

    view: str = "open"
    lane: str = ""
    code: str = ""
    payer: str = ""
    due: str = ""
    amount: Decimal | None = None


def denials(chosen: Filter, *, user: User, today: date, sort: str = "") -> "QuerySet[Denial]":
    """Unknown deadlines first, then the nearest, then the most money; or by one column (`-name` turns it)."""
    rows = Denial.objects.filter(_view(chosen.view, user), _narrowed(chosen, today))
    rows = rows.select_related("claim__patient", "payer", "work_item__assignee", "eligibility_check")
    name = sort.removeprefix("-")
    if name not in ORDERS:
        return rows.order_by(_KNOWN.asc(), "due_on", "-amount", "pk")
    ordered = rows.order_by(*ORDERS[name], "pk")
    return ordered.reverse() if sort.startswith("-") else ordered


def _view(view: str, user: User) -> Q:
    if view == "mine":
        return Q(work_item__assignee=user, work_item__state=WorkItem.State.OPEN)
    return VIEWS.get(view, VIEWS["open"])


def _narrowed(chosen: Filter, today: date) -> Q:
    wanted = Q()
    if chosen.lane:
        wanted &= Q(lane=chosen.lane)
    if chosen.code:
        wanted &= Q(carc=chosen.code)
    if chosen.payer:
        wanted &= Q(payer__public_id=chosen.payer)
    if chosen.amount:
        wanted &= Q(amount__gte=chosen.amount)
    return wanted & _due(chosen.due, today)


def _due(due: str, today: date) -> Q:
    return {
        "past": Q(due_on__lt=today),
        "week": Q(due_on__range=(today, today + WEEK)),
        "none": Q(appeal_deadline=None),
    }.get(due, Q())


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all open denials, dollars and counts; `recovery` is None while nothing was decided in 90 days."""

    open: int
    at_risk: Decimal
    week: int
    week_amount: Decimal
    past: int
    past_amount: Decimal
    none: int
    none_amount: Decimal
    recovered: Decimal
    recovery: Decimal | None


def totals(today: date) -> Totals:
    found = Denial.objects.filter(VIEWS["open"]).aggregate(
        open=Count("pk"),
        at_risk=Sum("amount", default=ZERO),
        **{name: Count("pk", filter=_due(name, today)) for name in ("week", "past", "none")},
        **{
            f"{name}_amount": Sum("amount", filter=_due(name, today), default=ZERO) for name in ("week", "past", "none")
        },
    )
    decided = Denial.objects.filter(
        state__in=(State.RECOVERED, State.UPHELD, State.WRITTEN_OFF), closed_at__date__gt=today - RECOVERY_DAYS
    ).aggregate(
        lost_and_won=Sum("amount", default=ZERO),
        won=Sum("amount", filter=Q(state=State.RECOVERED), default=ZERO),
        recovered=Sum("recovered_amount", default=ZERO),
    )
    recovery = Decimal(decided["won"]) / decided["lost_and_won"] if decided["lost_and_won"] else None
    return Totals(**found, recovered=decided["recovered"], recovery=recovery)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the open, waiting or decided denials can be narrowed to: (value, label, how many)."""

    lanes: list[tuple[str, str, int]]
    codes: list[tuple[str, str, int]]
    payers: list[tuple[str, str, int]]


def choices(chosen: Filter, user: User) -> Choices:
    rows = Denial.objects.filter(_view(chosen.view, user))
    lanes = dict(rows.order_by().values_list("lane").annotate(number=Count("pk")))
    codes = rows.order_by().values_list("carc").annotate(number=Count("pk")).order_by("-number", "carc")
    payers = rows.order_by().values_list("payer").annotate(number=Count("pk")).order_by("payer__name")
    names = {payer.pk: payer for payer in Payer.objects.filter(pk__in=[key for key, _ in payers])}
    return Choices(
        lanes=[(lane.value, lane.label, lanes[lane.value]) for lane in Lane if lane.value in lanes],
        codes=[(code, code or "None", number) for code, number in codes],
        payers=[(names[key].public_id, names[key].name, number) for key, number in payers],
    )


def ever_denied(code: str, payer: str) -> Choices:
    """These two where a denial of any view has them: what a saved view may ask for although none of it waits today."""
    codes = Denial.objects.filter(carc=code)[:1] if code else ()
    payers = Payer.objects.filter(public_id=payer) if payer else ()
    return Choices(
        lanes=[],
        codes=[(code, code, len(codes))] if len(codes) else [],
        payers=[(found.public_id, found.name, 0) for found in payers],
    )


def view_counts(user: User) -> dict[str, int]:
    return Denial.objects.aggregate(
        open=Count("pk", filter=VIEWS["open"]),
        waiting=Count("pk", filter=VIEWS["waiting"]),
        mine=Count("pk", filter=_view("mine", user)),
    )
