"""The sequence board, and its balances as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.core.status_words import status_of
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
from apps.worklist.file_views import Column, ListFile, in_chunks, list_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

_NONE = PlaceSum()


@dataclass(frozen=True, slots=True)
class Row:
    balance: PlacedBalance
    place: Place
    latest: Message | None
    next_words: str
    next_on: date | None


BALANCES = ListOfWork(
    key="balances",
    url_name="balances:board",
    permission=Permission.VIEW_BALANCES,
    home=("sort", "opened"),
    form=forms.Form,
    sorts=SORTS,
    columns={"visit": "Visit", "place": "Stands at", "message": "Last message", "next": "Next", "opened": "Opened"},
    choices={"place": PLACES},
)


def _told(row: Row) -> str:
    message = (row.latest.sent_with or row.latest) if row.latest else None
    return f"{message.get_channel_display()}, {status_of(message.state, 'message').word.lower()}" if message else ""


FILE = ListFile(
    BALANCES,
    "balances",
    "balances",
    (
        Column("Patient", lambda row: row.balance.patient.full_name),
        Column("Visit", lambda row: row.balance.encounter.service_date, "visit"),
        Column("Stands at", lambda row: row.place.title, "place"),
        Column("Last message", _told, "message"),
        Column("Next", lambda row: row.next_words, "next"),
        Column("Next on", lambda row: row.next_on, "next"),
        Column("Opened", lambda row: clock.practice_date(row.balance.opened_at), "opened"),
        Column("Owed", lambda row: row.balance.owed),
    ),
)


@require_safe
@require(Permission.VIEW_BALANCES)
def board(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, BALANCES):
        return first
    now, place, tools = clock.now(), request.GET.get("place", ""), list_tools(request, BALANCES)
    sums = found.totals(now)
    balances, number = _balances(request, now), found.number_in(sums, place)
    page = KeyedPaginator(balances, PAGE_SIZE, count=number).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit_read(request, "balances", patients=[row.patient.public_id for row in shown], action="list")
    context = {
        "page": page,
        "rows": _rows(shown),
        "tools": tools,
        "shown": tools.shown,
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


@require_safe
@require(Permission.VIEW_BALANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All of the place that the address names, in the order in which the board shows them."""
    balances = _balances(request, clock.now())
    patients = balances.order_by("patient__public_id").values_list("patient__public_id", flat=True)
    rows = (row for chunk in in_chunks(balances) for row in _rows(chunk))
    return list_file(request, FILE, rows, number=balances.count, patients=lambda: list(patients.distinct()))


def _balances(request: HttpRequest, now: datetime) -> "QuerySet[PlacedBalance]":
    rows = found.in_place(found.rows(now), request.GET.get("place", ""))
    return rows.select_related("patient", "encounter").order_by(*_order(request))


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
