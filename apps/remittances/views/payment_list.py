"""The list of payers' payments, and that list as a file."""

from collections.abc import Iterator

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.core.readable_names import readable_name
from apps.core.status_words import status_of
from apps.practice.access import request_role, require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.selectors import pages
from apps.remittances.selectors.pages import PaymentRow
from apps.worklist.file_views import Column, ListFile, in_chunks, list_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

PAGE = 50
PAYMENTS = ListOfWork(
    key="payments",
    url_name="remittances:list",
    permission=Permission.VIEW_REMITTANCES,
    home=("sort", pages.NEWEST_FIRST),
    form=forms.Form,
    sorts=pages.PAYMENT_SORTS,
    columns={"trace": "Trace number", "claims": "Claims", "balance": "Accounted for", "state": "State"},
    choices={"show": pages.FILTERS},
)


def _claims(row: PaymentRow) -> str:
    return ", ".join(f"{number} {status_of(outcome).word.lower()}" for outcome, number in row.outcomes)


def _state(row: PaymentRow) -> str:
    if row.waiting:
        return "Waits for a person"
    if row.payment.duplicate_of_id:
        return status_of("duplicate").word
    return "Being posted" if row.payment.file.state == "stored" else status_of("posted").word


FILE = ListFile(
    PAYMENTS,
    "payments",
    "remittance_payments",
    (
        Column("Payer", lambda row: readable_name(row.payment.payer_name)),
        Column("Paid on", lambda row: row.payment.paid_on),
        Column("Trace number", lambda row: row.payment.trace_number, "trace"),
        Column("Entered by hand as", lambda row: row.by_hand, "trace"),
        Column("Claims", _claims, "claims"),
        Column("State", _state, "state"),
        Column("Amount", lambda row: row.payment.amount),
    ),
)


@require_safe
@require(Permission.VIEW_REMITTANCES)
def payment_list(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, PAYMENTS):
        return first
    show, tools = request.GET.get("show", ""), list_tools(request, PAYMENTS)
    found = pages.payments(show, request.GET.get("sort", ""))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    audit_read(request, "remittance_payments", patients=[], action="list")
    context = {
        "page": page,
        "rows": pages.payment_rows(list(page)),
        "tools": tools,
        "shown": tools.shown,
        "waiting": pages.waiting(),
        "filtered": show in pages.FILTERS,
        "chips": [
            Chip("waiting", "Something waits"),
            Chip("denials", "With denials"),
            Chip("duplicates", "Duplicates"),
        ],
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
    }
    return render_page(request, "remittances/list.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it."""
    found = pages.payments(request.GET.get("show", ""), request.GET.get("sort", ""))
    rows: Iterator[PaymentRow] = (row for chunk in in_chunks(found) for row in pages.payment_rows(chunk))
    return list_file(request, FILE, rows, number=found.count, patients=list)
