"""What was found below the contracts, for the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet, Sum

from apps.claims.models import Adjudication
from apps.core.money import ZERO
from apps.core.sort_order import order_of
from apps.practice.models import Payer
from apps.remittances.models import RemittedClaim, UnderpaidLine, Underpayment

_State = Underpayment.State
URGENT_FIRST = "urgent"
SORTS = {
    "patient": ("claim__patient__last_name",),
    "payer": ("payer__name",),
    "found": ("opened_at",),
    "settled": ("settled_at",),
    "short": ("short",),
}
# What the list shows by each value of `show`.
SHOWN = {
    "": (_State.OPEN,),
    "disputed": (_State.DISPUTED,),
    "settled": (_State.ACCEPTED, _State.SCHEDULE_WRONG, _State.TAKEN_BACK),
}


@dataclass(frozen=True, slots=True)
class Short:
    """Open and disputed claims, and the dollars that they fall short by."""

    open: int
    open_amount: Decimal
    disputed: int
    disputed_amount: Decimal


def short_now() -> Short:
    rows = Underpayment.objects.filter(state__in=(_State.OPEN, _State.DISPUTED)).values_list("state")
    found = {state: (number, amount) for state, number, amount in rows.annotate(Count("pk"), Sum("short"))}
    nothing = (0, ZERO)
    return Short(*found.get(_State.OPEN, nothing), *found.get(_State.DISPUTED, nothing))


def underpayments(show: str, payer: str = "", sort: str = "") -> "QuerySet[Underpayment]":
    """By one of SORTS; else the most money first where somebody must act, and the newest of those settled. `payer` is a public id, empty
    for all.
    """
    states = SHOWN.get(show, SHOWN[""])
    rows = Underpayment.objects.filter(state__in=states).select_related("claim__patient", "payer", "settled_by")
    if payer:
        rows = rows.filter(payer__public_id=payer)
    rows = rows.prefetch_related("lines")
    if order := order_of(sort, SORTS):
        return rows.order_by(*order)
    return rows.order_by("-settled_at", "-pk") if show == "settled" else rows.order_by("-short", "pk")


def payers_short(show: str) -> list[tuple[str, str, int]]:
    """(public id, name, claims) of the payers in that list."""
    rows = Underpayment.objects.filter(state__in=SHOWN.get(show, SHOWN[""]))
    counted = rows.values_list("payer__public_id", "payer__name").annotate(Count("pk"))
    return list(counted.order_by("payer__name"))


def find_underpayment(public_id: str) -> Underpayment | None:
    rows = Underpayment.objects.select_related("claim__patient", "claim__provider", "payer", "settled_by", "work_item")
    return rows.filter(public_id=public_id).first()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of it, and the remitted claim whose segments say so."""

    line: UnderpaidLine
    remitted: RemittedClaim | None


def evidence(row: Underpayment) -> list[Evidence]:
    return evidence_of(row.lines.select_related("adjudication"))


def evidence_of(rows: Iterable[UnderpaidLine]) -> list[Evidence]:
    """Each line with the remitted claim whose segments say so, in one query for all. Their adjudications are read with them."""
    lines = list(rows)
    answers = {_answer(line.adjudication) for line in lines}
    wanted = Q(pk__in=[])
    for payment, number in answers:
        wanted |= Q(payment__public_id=payment, number=number)
    found = RemittedClaim.objects.filter(wanted).select_related("payment__file")
    remitted = {(each.payment.public_id, each.number): each for each in found}
    return [Evidence(line, remitted.get(_answer(line.adjudication))) for line in lines]


def _answer(row: Adjudication) -> tuple[str, int]:
    """The payment's public id and the CLP's number in it: the first two parts of the key that posting gave the row."""
    payment, number, *_position = row.key.split(":")
    return payment, int(number)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A payer's fee schedule on file, and how many of its adjudicated lines found no price there."""

    payer: Payer
    prices: int
    newest: date | None
    unpriced: int


def schedules() -> list[Schedule]:
    rows = Payer.objects.annotate(prices=Count("fee_schedule"), newest=Max("fee_schedule__effective_on")).order_by(
        "name"
    )
    unpriced = dict(
        Adjudication.objects.filter(contract_verdict=Adjudication.ContractVerdict.NO_PRICE)
        .values_list("payer")
        .annotate(Count("pk"))
        .order_by()
    )
    return [Schedule(row, row.prices, row.newest, unpriced.get(row.pk, 0)) for row in rows]
