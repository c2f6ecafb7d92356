"""The page of one item of work: what it is about, what was done with it, and what is done with it here."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core.htmx import render_page
from apps.practice.access import require_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.forms import AssignForm, DueForm, NoteForm, SnoozeForm
from apps.worklist.item_views import NotDoneError, assign_items, note_on, set_due_of, snooze_items
from apps.worklist.models import WorkItem
from apps.workspace.selectors import work, worklist
from apps.workspace.worklist.list_views import viewer_of


@require_safe
@require_role
def item(request: HttpRequest, public_id: str) -> HttpResponse:
    viewer = viewer_of(request)
    found = get_object_or_404(worklist.visible_work(viewer), public_id=public_id)
    (task,) = work.as_tasks([found], viewer.today)
    audit_read(request, "work_item", found.public_id, patients={task.subject.patient_id} - {""})
    context = {
        "task": task,
        "kind": worklist.kind_words(found.kind),
        "is_open": found.state == WorkItem.State.OPEN,
        "history": worklist.item_history(found),
        "note_form": NoteForm(),
        "give_form": AssignForm(permission=worklist.asked_of(found), initial={"assignee": found.assignee}),
        "snooze_form": SnoozeForm(),
        "due_form": DueForm(initial={"due_on": found.set_due_on if found.is_due_by_hand else None}),
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


def _due(request: HttpRequest, found: WorkItem) -> str:
    return set_due_of(request, found)


_VERBS: dict[str, Callable[[HttpRequest, WorkItem], str]] = {
    "note": _note,
    "give": _give,
    "snooze": _snooze,
    "due": _due,
}


@require_POST
@require_role
def change(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """One of `_VERBS`, told in a toast. What is closed takes a note and nothing else."""
    found = get_object_or_404(worklist.visible_work(viewer_of(request)), public_id=public_id)
    if verb not in _VERBS:
        raise Http404("There is no such change of work.")
    try:
        messages.success(request, _VERBS[verb](request, found))
    except NotDoneError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:work_item", public_id)
