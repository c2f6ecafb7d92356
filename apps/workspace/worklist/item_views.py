"""The page of one item of work: what it is about, what was done with it, and what is done with it here."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core.htmx import render_page, wants_fragment
from apps.practice.access import require_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.forms import AssignForm, DueForm, NoteForm, SnoozeForm
from apps.worklist.item_views import NotDoneError, assign_items, note_on, set_due_of, snooze_items
from apps.worklist.models import WorkItem
from apps.workspace.selectors import work, worklist
from apps.workspace.worklist.list_views import viewer_of

# Beside the list, whose own forms have fields of the same names.
_IDS = "item_%s"


@require_safe
@require_role
def item(request: HttpRequest, public_id: str) -> HttpResponse:
    return _shown(request, _visible(request, public_id))


def _visible(request: HttpRequest, public_id: str) -> WorkItem:
    return get_object_or_404(worklist.visible_work(viewer_of(request)), public_id=public_id)


def _shown(request: HttpRequest, found: WorkItem) -> HttpResponse:
    """The item's page, or its short form beside the list."""
    viewer = viewer_of(request)
    (task,) = work.as_tasks([found], viewer.today)
    audit_read(request, "work_item", found.public_id, patients={task.subject.patient_id} - {""})
    due_on = found.set_due_on if found.is_due_by_hand else None
    give_form = AssignForm(permission=worklist.asked_of(found), initial={"assignee": found.assignee}, auto_id=_IDS)
    context = {
        "task": task,
        "kind": worklist.kind_words(found.kind),
        "is_open": found.state == WorkItem.State.OPEN,
        "history": worklist.item_history(found),
        "note_form": NoteForm(auto_id=_IDS),
        "give_form": give_form,
        "snooze_form": SnoozeForm(auto_id=_IDS),
        "due_form": DueForm(initial={"due_on": due_on}, auto_id=_IDS),
        "may_open_claims": may(viewer.role, Permission.VIEW_CLAIMS),
        "beside": wants_fragment(request),
    }
    return render_page(request, "workspace/work_item.html", context, fragment="beside")


def _is_open(found: WorkItem) -> None:
    if found.state != WorkItem.State.OPEN:
        raise NotDoneError("This is closed already.")


def _give(request: HttpRequest, found: WorkItem) -> str:
    _is_open(found)
    return assign_items(request, [found], permission=worklist.asked_of(found))


def _snooze(request: HttpRequest, found: WorkItem) -> str:
    _is_open(found)
    return snooze_items(request, [found])


_VERBS: dict[str, Callable[[HttpRequest, WorkItem], str]] = {
    "note": note_on,
    "give": _give,
    "snooze": _snooze,
    "due": set_due_of,
}


@require_POST
@require_role
def change(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """One of `_VERBS`, told in a toast. What is closed takes a note and nothing else."""
    found = _visible(request, public_id)
    if verb not in _VERBS:
        raise Http404("There is no such change of work.")
    try:
        messages.success(request, _VERBS[verb](request, found))
    except NotDoneError as refusal:
        messages.error(request, str(refusal))
    # What was given back to another role is not the person's to see any more.
    still = worklist.visible_work(viewer_of(request)).filter(public_id=public_id).first()
    if not wants_fragment(request):
        return redirect("workspace:work_item", public_id) if still else redirect("workspace:worklist")
    answer = _shown(request, still) if still else HttpResponse()
    answer["HX-Trigger"] = "work-changed"
    return answer
