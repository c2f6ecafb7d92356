"""The worklist: the work of all rooms in one list, and the page of one item."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.csv_answers import csv_answer
from apps.core.htmx import render_page
from apps.practice.access import request_role, require_role, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.forms import AssignForm, NoteForm, SnoozeForm
from apps.worklist.item_views import NotDoneError, assign_items, note_on, snooze_items
from apps.worklist.models import WorkItem
from apps.workspace.forms import WorklistFilterForm
from apps.workspace.selectors import work, worklist
from apps.workspace.selectors.worklist import DUE, Tab, Viewer

PAGE_SIZE = 50
_HEADING = ("Due", "Next step", "Kind", "At stake", "Role", "Person", "Opened", "Closed")


def _viewer(request: HttpRequest) -> Viewer:
    role = request_role(request)
    assert role is not None  # noqa: S101  the guard let a role through
    return Viewer(signed_in_user(request), role, clock.today())


def _tab(request: HttpRequest) -> Tab:
    wanted = request.GET.get("view", "")
    return Tab(wanted) if wanted in set(Tab) else Tab.ROLE


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _narrowed(request: HttpRequest, rows: "QuerySet[WorkItem]", form: WorklistFilterForm) -> "QuerySet[WorkItem]":
    """What the form does not understand narrows nothing; the form says so."""
    form.is_valid()
    person, amount = form.cleaned_data.get("assignee"), form.cleaned_data.get("amount")
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(assignee=person) if person else rows
    return rows.filter(amount_at_stake__gte=amount) if amount is not None else rows


@require_safe
@require_role
def worklist_page(request: HttpRequest) -> HttpResponse:
    viewer, tab = _viewer(request), _tab(request)
    rows, form = worklist.work_in(tab, viewer), WorklistFilterForm(request.GET)
    due = request.GET.get("due", "")
    found = worklist.due_in(_narrowed(request, rows, form), due, viewer.today)
    ordered = worklist.in_order(found, request.GET.get("sort", ""), tab)
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    tasks = work.as_tasks(page.object_list, viewer.today)
    audit_read(request, "worklist", patients={task.subject.patient_id for task in tasks} - {""}, action="list")
    context = {
        "tabs": worklist.tab_counts(viewer),
        "tab": tab.value,
        "kinds": [Chip(kind, _words(kind), number) for kind, number in worklist.kinds_in(rows)],
        "dues": [Chip(value, label) for value, label in DUE.items()],
        "form": form,
        "kept": [(name, request.GET[name]) for name in ("view", "kind", "due", "sort") if request.GET.get(name)],
        "is_narrowed": any(request.GET.get(name) for name in ("kind", "due", "assignee", "amount")),
        "page": page,
        "tasks": tasks,
        "may_open_claims": may(viewer.role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "workspace/worklist.html", context)


@require_safe
@require_role
def export(request: HttpRequest) -> HttpResponseBase:
    """All rows of the filter, in their order; the file names no patient."""
    viewer, tab = _viewer(request), _tab(request)
    rows = _narrowed(request, worklist.work_in(tab, viewer), WorklistFilterForm(request.GET))
    found = worklist.due_in(rows, request.GET.get("due", ""), viewer.today)
    ordered = worklist.in_order(found, request.GET.get("sort", ""), tab)
    audit_read(request, "worklist", patients=[], action="export")
    lines = (_line(item) for item in ordered.iterator(chunk_size=1000))
    return csv_answer(f"worklist-{viewer.today.isoformat()}", _HEADING, lines)


def _line(item: WorkItem) -> tuple[object, ...]:
    return (
        item.due_on,
        item.title,
        _words(item.kind),
        item.amount_at_stake,
        item.get_owner_role_display(),
        item.assignee.display_name if item.assignee else "",
        clock.practice_date(item.opened_at),
        clock.practice_date(item.closed_at) if item.closed_at else None,
    )


@require_safe
@require_role
def item(request: HttpRequest, public_id: str) -> HttpResponse:
    viewer = _viewer(request)
    found = get_object_or_404(worklist.visible_work(viewer), public_id=public_id)
    (task,) = work.as_tasks([found], viewer.today)
    audit_read(request, "work_item", found.public_id, patients={task.subject.patient_id} - {""})
    context = {
        "task": task,
        "kind": _words(found.kind),
        "is_open": found.state == WorkItem.State.OPEN,
        "history": worklist.item_history(found),
        "note_form": NoteForm(),
        "give_form": AssignForm(permission=worklist.asked_of(found), initial={"assignee": found.assignee}),
        "snooze_form": SnoozeForm(),
        "may_open_claims": may(viewer.role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "workspace/work_item.html", context)


def _is_open(found: WorkItem) -> None:
    if found.state != WorkItem.State.OPEN:
        raise NotDoneError("This is closed already.")


def _note(request: HttpRequest, found: WorkItem) -> str:
    return note_on(request, found)


def _give(request: HttpRequest, found: WorkItem) -> str:
    _is_open(found)
    return assign_items(request, [found], permission=worklist.asked_of(found))


def _snooze(request: HttpRequest, found: WorkItem) -> str:
    _is_open(found)
    return snooze_items(request, [found])


_VERBS: dict[str, Callable[[HttpRequest, WorkItem], str]] = {"note": _note, "give": _give, "snooze": _snooze}


@require_POST
@require_role
def change(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """One of `_VERBS`, told in a toast. What is closed takes a note and nothing else."""
    found = get_object_or_404(worklist.visible_work(_viewer(request)), public_id=public_id)
    if verb not in _VERBS:
        raise Http404("There is no such change of work.")
    try:
        messages.success(request, _VERBS[verb](request, found))
    except NotDoneError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:work_item", public_id)
