"""The log of messages to patients, and that list as a file."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.http import require_safe

from apps.core.chips import Chip
from apps.core.clock import practice_date
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.patient_balances.models import Message
from apps.patient_balances.selectors import logs as read
from apps.patient_balances.views.frame import PAGE_SIZE
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.file_views import Column, ListFile, rows_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork

FILTERS = {"state": Message.State.values, "channel": Message.Channel.values, "touch": Message.Touch.values}
MESSAGES = ListOfWork(
    key="messages",
    url_name="balances:messages",
    permission=Permission.VIEW_BALANCES,
    home=("sort", read.NEWEST_FIRST),
    form=forms.Form,
    sorts=read.SORTS,
    columns={"notice": "Notice", "channel": "Channel", "state": "State", "about": "About it"},
    choices=FILTERS,
)
FILE = ListFile(
    MESSAGES,
    "messages",
    "messages",
    (
        Column("Patient", lambda row: row.balance.patient.full_name),
        Column("Notice", lambda row: row.get_touch_display(), "notice"),
        Column("Channel", lambda row: (row.sent_with or row).get_channel_display(), "channel"),
        Column("State", lambda row: status_of(row.state, "message").word, "state"),
        Column("About it", lambda row: row.problem, "about"),
        Column("Due", lambda row: practice_date(row.due_at)),
        Column("Sent", lambda row: practice_date(row.sent_at) if row.sent_at else None),
    ),
)


def _found(query: QueryDict) -> "QuerySet[Message]":
    return read.messages_log(**{name: query.get(name, "") for name in (*FILTERS, "sort")})


@require_safe
@require(Permission.VIEW_BALANCES)
def messages(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, MESSAGES):
        return first
    tools = list_tools(request, MESSAGES)
    page = Paginator(_found(request.GET), PAGE_SIZE).get_page(request.GET.get("page"))
    audit_read(request, "messages", patients=[row.balance.patient.public_id for row in page], action="list")
    states, channels = read.message_counts("state"), read.message_counts("channel")
    context = {
        "page": page,
        "tools": tools,
        "shown": tools.shown,
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "states": [_state_chip(state, states[state]) for state in Message.State if state in states],
        "channels": [Chip(each, each.label, channels[each]) for each in Message.Channel if each in channels],
        "touches": [Chip(each, each.label) for each in Message.Touch],
        "tab": "messages",
    }
    return render_page(request, "patient_balances/messages.html", context, fragment="table")


def _state_chip(state: Message.State, number: int) -> Chip:
    words = status_of(state, "message")
    return Chip(state, words.word, number, words.shape)


@require_safe
@require(Permission.VIEW_BALANCES)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it."""
    return rows_file(request, FILE, _found(request.GET), patient="balance__patient__public_id")
