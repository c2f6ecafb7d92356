"""The list of what remittances leave for a person, and that list as a file."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.http import require_safe

from apps.core.chips import Chip
from apps.core.clock import practice_date
from apps.core.htmx import render_page
from apps.core.readable_names import readable_name
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.remittances.models import RemittanceException
from apps.remittances.selectors import exception_rows as read
from apps.remittances.selectors.pages import waiting
from apps.worklist.file_views import Column, ListFile, rows_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

PAGE = 50
_State, _Kind = RemittanceException.State, RemittanceException.Kind
EXCEPTIONS = ListOfWork(
    key="remittance_exceptions",
    url_name="remittances:exceptions",
    permission=Permission.VIEW_REMITTANCES,
    home=("sort", read.IN_TURN),
    form=forms.Form,
    sorts=(read.IN_TURN, *read.SORTS),
    columns={"known": "What is known", "from": "From", "when": "Since or settled"},
    choices={"state": _State.values, "kind": _Kind.values},
)


def _about(row: RemittanceException) -> str:
    told = row.remitted_claim
    named = f"{told.patient_name or 'No name'}, {told.claim_control_number or 'no number'}: " if told else ""
    return f"{named}{row.sentence}"


def _source(row: RemittanceException) -> str:
    if row.payment:
        return f"{readable_name(row.payment.payer_name)}, {row.payment.trace_number}"
    return row.file.transmission.name


FILE = ListFile(
    EXCEPTIONS,
    "remittance-exceptions",
    "remittance_exceptions",
    (
        Column("Exception", lambda row: row.get_kind_display()),
        Column("What is known", _about, "known"),
        Column("From", _source, "from"),
        Column("Since", lambda row: practice_date(row.opened_at), "when"),
        Column("Settled", lambda row: practice_date(row.settled_at) if row.settled_at else None, "when"),
        Column("Settled by", lambda row: row.settled_by.display_name if row.settled_by else "", "when"),
        Column("Waits in clearing", lambda row: row.amount),
    ),
)


def _state(query: QueryDict) -> str:
    return _State.SETTLED if query.get("state") == _State.SETTLED else _State.OPEN


def _found(query: QueryDict) -> "QuerySet[RemittanceException]":
    return read.exceptions(state=_state(query), kind=query.get("kind", ""), sort=query.get("sort", ""))


@require_safe
@require(Permission.VIEW_REMITTANCES)
def exception_list(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, EXCEPTIONS):
        return first
    state, tools = _state(request.GET), list_tools(request, EXCEPTIONS)
    page = Paginator(_found(request.GET), PAGE).get_page(request.GET.get("page"))
    patients = [
        row.remitted_claim.claim.patient.public_id for row in page if row.remitted_claim and row.remitted_claim.claim
    ]
    audit_read(request, "remittance_exceptions", patients=patients, action="list")
    words = dict(_Kind.choices)
    context = {
        "page": page,
        "state": state,
        "tools": tools,
        "shown": tools.shown,
        "waiting": waiting(),
        "chips": [Chip(value, str(words[value]), number) for value, number in read.exception_kinds(state=state)],
        "filtered": bool(request.GET.get("kind")),
    }
    return render_page(request, "remittances/exceptions.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it."""
    return rows_file(request, FILE, _found(request.GET), patient="remitted_claim__claim__patient__public_id")
