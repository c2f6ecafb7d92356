"""The sequence board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.patient_balances.models import Balance, Message
from apps.patient_balances.selectors import board as found
from apps.patient_balances.selectors.board import (
    BESIDE,
    LINE,
    PLACES,
    SETTLED,
    SORTS,
    STOPPED,
    Place,
    PlacedBalance,
    PlaceSum,
)
from apps.patient_balances.views.frame import PAGE_SIZE
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

_NONE = PlaceSum()


@dataclass(frozen=True, slots=True)
class Row:
    balance: PlacedBalance
    place: Place
    latest: Message | None
    next_words: str
    next_on: date | None


@require_safe
@require(Permission.VIEW_BALANCES)
def board(request: HttpRequest) -> HttpResponse:
    now, place = clock.now(), request.GET.get("place", "")
    sums = found.totals(now)
    balances = found.in_place(found.rows(now), place).select_related("patient", "encounter").order_by(*_order(request))
    page = KeyedPaginator(balances, PAGE_SIZE, count=found.number_in(sums, place)).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit_read(request, "balances", patients=[row.patient.public_id for row in shown], action="list")
    context = {
        "page": page,
        "rows": _rows(shown),
        "place": PLACES.get(place),
        "stages": [(stage, sums.get(stage.key, _NONE)) for stage in LINE],
        "chips": _chips(sums, (*BESIDE, *STOPPED, *SETTLED)),
        "open": found.all_open(sums),
        "letters": sums.get("letter", _NONE),
        "unknown": sums.get("unknown", _NONE),
        "any": bool(sums),
        "tab": "board",
    }
    return render_page(request, "patient_balances/board.html", context, fragment="table")


def _order(request: HttpRequest) -> list[str]:
    wish = request.GET.get("sort", "")
    fields = SORTS.get(wish.removeprefix("-"), ("opened_at",))
    return [*(f"-{field}" if wish.startswith("-") else field for field in fields), "pk"]


def _chips(sums: Mapping[str, PlaceSum], places: Sequence[Place]) -> list[Chip]:
    return [Chip(each.key, each.title, sums[each.key].number, each.shape) for each in places if each.key in sums]


def _rows(balances: Sequence[PlacedBalance]) -> list[Row]:
    latest, steps = found.latest_messages(balances), found.next_steps(balances)
    return [
        Row(
            balance=balance,
            place=PLACES[balance.place],
            latest=latest.get(balance.pk),
            next_words=steps[balance.pk][0] if balance.state == Balance.State.OPEN else "",
            next_on=steps[balance.pk][1],
        )
        for balance in balances
    ]
