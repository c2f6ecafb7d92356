"""The list of payments below the contract, and that list as a file."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.http import require_safe

from apps.core.chips import Chip
from apps.core.clock import practice_date
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.models import Payer
from apps.practice.roles import Permission
from apps.remittances.models import Underpayment
from apps.remittances.selectors import underpayments as read
from apps.worklist.file_views import Column, ListFile, rows_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

PAGE = 50


class _FilterForm(forms.Form):
    payer = forms.ModelChoiceField(Payer.objects.all(), to_field_name="public_id", required=False, label="Payer")


def _form(query: QueryDict) -> _FilterForm:
    return _FilterForm(query)


UNDERPAYMENTS = ListOfWork(
    key="underpayments",
    url_name="remittances:underpayments",
    permission=Permission.VIEW_REMITTANCES,
    home=("sort", read.URGENT_FIRST),
    form=_form,
    sorts=(read.URGENT_FIRST, *read.SORTS),
    columns={"payer": "Payer", "lines": "Lines", "when": "Found or settled"},
    choices={"show": [name for name in read.SHOWN if name]},
)


def _lines(row: Underpayment) -> str:
    shown = (line for line in row.lines.all() if not line.taken_back)
    return "; ".join(
        f"{'-'.join([line.procedure, *line.modifiers])}: {line.allowed} of {line.expected}" for line in shown
    )


FILE = ListFile(
    UNDERPAYMENTS,
    "underpayments",
    "underpayments",
    (
        Column("Claim", lambda row: row.claim.control_number),
        Column("Patient", lambda row: row.claim.patient.full_name),
        Column("Visit", lambda row: row.claim.service_date),
        Column("Payer", lambda row: row.payer.name, "payer"),
        Column("Lines", _lines, "lines"),
        Column("State", lambda row: status_of(row.state, "underpayment").word),
        Column("Found", lambda row: practice_date(row.opened_at), "when"),
        Column("Settled", lambda row: practice_date(row.settled_at) if row.settled_at else None, "when"),
        Column("Short by", lambda row: row.short),
    ),
)


def _found(query: QueryDict) -> "QuerySet[Underpayment]":
    return read.underpayments(query.get("show", ""), query.get("payer", ""), query.get("sort", ""))


@require_safe
@require(Permission.VIEW_REMITTANCES)
def underpayment_list(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, UNDERPAYMENTS):
        return first
    show, tools = request.GET.get("show", ""), list_tools(request, UNDERPAYMENTS)
    show = show if show in read.SHOWN else ""
    page = Paginator(_found(request.GET), PAGE).get_page(request.GET.get("page"))
    audit_read(request, "underpayments", patients=[row.claim.patient.public_id for row in page], action="list")
    context = {
        "page": page,
        "show": show,
        "tools": tools,
        "shown": tools.shown,
        "short": read.short_now(),
        "chips": [Chip(value, name, number) for value, name, number in read.payers_short(show)],
        "filtered": bool(request.GET.get("payer")),
    }
    return render_page(request, "remittances/underpayments.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it."""
    return rows_file(request, FILE, _found(request.GET), patient="claim__patient__public_id")
