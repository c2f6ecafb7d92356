"""The lists of deposits, of which one is shown at a time, and each as a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.core.readable_names import readable_name
from apps.core.status_words import status_of
from apps.practice.access import request_role, require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit, RemittancePayment
from apps.remittances.selectors import deposit_rows as read
from apps.remittances.selectors import deposits
from apps.remittances.selectors.known_payers import known_payers
from apps.worklist.file_views import Column, ListFile, in_chunks, list_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

PAGE = 50
CREDITS, PAYMENTS, PROPOSED, MATCHED, ASIDE, ELSEWHERE = SHOWN = (
    "credits",
    "payments",
    "proposed",
    "matched",
    "aside",
    "elsewhere",
)
DEPOSITS = ListOfWork(
    key="deposits",
    url_name="remittances:deposits",
    permission=Permission.VIEW_REMITTANCES,
    home=("sort", read.IN_TURN),
    form=forms.Form,
    sorts=(read.IN_TURN, *read.SORTS),
    columns={
        "where": "Account or trace number",
        "about": "What it is or why",
        "state": "State",
        "age": "Business days",
        "by": "By",
    },
    choices={"show": SHOWN},
)


def _payer(payment: RemittancePayment) -> str:
    return readable_name(payment.payer_name) or "Payer without a name"


def _name(row: object) -> str:
    return getattr(row, "display_name", "")


def _set_aside_by(line: BankLine) -> str:
    return f"Rule: {line.set_aside_rule.text}" if line.set_aside_rule else _name(line.settled_by)


def _set_aside_as(line: BankLine) -> str:
    return ": ".join(filter(None, (line.get_set_aside_reason_display(), line.note)))


_OF_MATCHES = (
    Column("Payment", lambda row: _payer(row.expected.payment)),
    Column("Trace number", lambda row: row.expected.payment.trace_number),
    Column("Bank line", lambda row: row.line.words),
    Column("Booked", lambda row: row.line.booked_on),
    Column("How", lambda row: row.get_how_display(), "by"),
    Column("By", lambda row: _name(row.made_by), "by"),
    Column("Amount", lambda row: row.amount),
)
_COLUMNS: dict[str, tuple[Column, ...]] = {
    CREDITS: (
        Column("Bank's text", lambda row: row.line.words),
        Column("Booked", lambda row: row.line.booked_on),
        Column("Account", lambda row: row.line.account.name, "where"),
        Column("What it looks like", lambda row: row.looks_like, "about"),
        Column("State", lambda row: status_of(row.state, "deposit").word, "state"),
        Column("Business days", lambda row: row.age, "age"),
        Column("Unexplained", lambda row: row.line.rest),
    ),
    PAYMENTS: (
        Column("Payment", lambda row: _payer(row.expected.payment)),
        Column("Paid", lambda row: row.expected.paid_on),
        Column("Trace number", lambda row: row.expected.payment.trace_number, "where"),
        Column("State", lambda row: status_of(row.state, "deposit").word, "state"),
        Column("Business days", lambda row: row.age, "age"),
        Column("Not received", lambda row: row.expected.rest),
    ),
    PROPOSED: _OF_MATCHES,
    MATCHED: _OF_MATCHES,
    ASIDE: (
        Column("Bank's text", lambda row: row.words),
        Column("Booked", lambda row: row.booked_on),
        Column("Account", lambda row: row.account.name, "where"),
        Column("What it is", _set_aside_as, "about"),
        Column("By", _set_aside_by, "by"),
        Column("Amount", lambda row: row.amount),
    ),
    ELSEWHERE: (
        Column("Payment", lambda row: _payer(row.payment)),
        Column("Paid", lambda row: row.paid_on),
        Column("Trace number", lambda row: row.payment.trace_number, "where"),
        Column("Why", lambda row: row.note, "about"),
        Column("By", lambda row: _name(row.settled_by), "by"),
        Column("Amount", lambda row: row.amount),
    ),
}
FILES = {show: ListFile(DEPOSITS, f"deposits-{show}", "deposits", columns) for show, columns in _COLUMNS.items()}


def _show(query: QueryDict) -> str:
    show = query.get("show", "")
    return show if show in SHOWN else CREDITS


def _found(query: QueryDict) -> "QuerySet[Any, Any]":
    ask: dict[str, Callable[..., QuerySet[Any, Any]]] = {
        CREDITS: partial(read.bank_lines, state=BankLine.State.OPEN),
        PAYMENTS: partial(read.expected_deposits, state=ExpectedDeposit.State.OPEN),
        PROPOSED: partial(read.deposit_matches, state=DepositMatch.State.PROPOSED),
        MATCHED: partial(read.deposit_matches, state=DepositMatch.State.STANDING),
        ASIDE: partial(read.bank_lines, state=BankLine.State.SET_ASIDE),
        ELSEWHERE: partial(read.expected_deposits, state=ExpectedDeposit.State.SET_ASIDE),
    }
    return ask[_show(query)](sort=query.get("sort", ""))


def _rows(show: str, chunks: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """What waits comes with its age and with what it looks like."""
    today = clock.today()
    if show == CREDITS:
        payers = known_payers()
        return chain.from_iterable(read.credit_rows(chunk, payers, today=today) for chunk in chunks)
    if show == PAYMENTS:
        return chain.from_iterable(read.missing_rows(chunk, today=today) for chunk in chunks)
    return chain.from_iterable(chunks)


@require_safe
@require(Permission.VIEW_REMITTANCES)
def deposit_list(request: HttpRequest) -> HttpResponse:
    """`?show=` one of SHOWN; credits that no payment explains where it names none."""
    if first := first_view(request, DEPOSITS):
        return first
    show, items, tools = _show(request.GET), deposits.open_items(), list_tools(request, DEPOSITS)
    page = Paginator(_found(request.GET), PAGE).get_page(request.GET.get("page"))
    audit_read(request, "deposits", patients=[], action="list")
    context = {
        "page": page,
        "show": show,
        "items": items,
        "last": deposits.last_file(clock.today()),
        "rows": list(_rows(show, [list(page)])),
        "tools": tools,
        "shown": tools.shown,
        "chips": [
            Chip(CREDITS, "Credits without an 835", items.credits),
            Chip(PAYMENTS, "Not in the bank", items.payments),
            Chip(PROPOSED, "To confirm", items.proposed),
            Chip(MATCHED, "Matched"),
            Chip(ASIDE, "Set aside"),
            Chip(ELSEWHERE, "Paid elsewhere"),
        ],
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
    }
    return render_page(request, "remittances/deposits.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that is shown, in the order in which it is shown. It names no patient."""
    show, found = _show(request.GET), _found(request.GET)
    return list_file(request, FILES[show], _rows(show, in_chunks(found)), number=found.count, patients=list)
