"""The worklist: the work of all rooms in one list, and that list as a file."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.practice.access import require_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.bulk_views import bulk_bar
from apps.worklist.file_views import Column, ListFile, list_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.models import DueAlert, WorkItem
from apps.workspace.forms import WorklistFilterForm
from apps.workspace.selectors import work, worklist
from apps.workspace.selectors.worklist import DUE, kind_words
from apps.workspace.worklist.list_views import BULK, WORKLIST, narrowed, tab_of, viewer_of

PAGE_SIZE = 50

COLUMNS = (
    Column("Due", lambda item: item.due_on),
    Column("Next step", lambda item: item.title),
    Column("Kind", lambda item: kind_words(item.kind)),
    Column("At stake", lambda item: item.amount_at_stake),
    Column("Role", lambda item: item.get_owner_role_display()),
    Column("Owner", lambda item: item.assignee.display_name if item.assignee else "", "person"),
    Column("Opened", lambda item: clock.practice_date(item.opened_at), "opened"),
    Column("Closed", lambda item: clock.practice_date(item.closed_at) if item.closed_at else None),
)
FILE = ListFile(WORKLIST, "worklist", "worklist", COLUMNS)


def _number(request: HttpRequest, form: WorklistFilterForm, rows: "QuerySet[WorkItem]", heaps: worklist.Heaps) -> int:
    """How many rows the filter has; of a whole tab, or one kind of it, that is known already."""
    if any(request.GET.get(name) for name in ("due", "assignee", "amount")):
        return rows.count()
    form.is_valid()
    tab, kind = tab_of(request.GET), form.cleaned_data.get("kind", "")
    return dict(heaps.kinds(tab)).get(kind, 0) if kind else heaps.total(tab)


@require_safe
@require_role
def worklist_page(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, WORKLIST):
        return first
    viewer, tab = viewer_of(request), tab_of(request.GET)
    tools = list_tools(request, WORKLIST)
    ordered = worklist.in_order(narrowed(request.GET, viewer), request.GET.get("sort", ""), tab)
    heaps = worklist.heaps(viewer, tab=tab)
    form = WorklistFilterForm(request.GET)
    number = _number(request, form, ordered, heaps)
    page = CountedPaginator(ordered, PAGE_SIZE, count=number).get_page(request.GET.get("page"))
    tasks = work.as_tasks(page.object_list, viewer.today)
    audit_read(request, "worklist", patients={task.subject.patient_id for task in tasks} - {""}, action="list")
    context = {
        "tabs": heaps.tabs,
        "tab": tab.value,
        "tools": tools,
        "shown": tools.shown,
        "kinds": [Chip(kind, kind_words(kind), number) for kind, number in heaps.kinds(tab)],
        "dues": [Chip(value, label) for value, label in DUE.items()],
        "form": form,
        "kept": [(name, request.GET[name]) for name in ("view", "kind", "due", "sort") if request.GET.get(name)],
        "is_narrowed": any(request.GET.get(name) for name in ("kind", "due", "assignee", "amount")),
        "page": page,
        "tasks": tasks,
        "bulk": bulk_bar(request, BULK, total=page.paginator.count, on_page=len(tasks)),
        "may_see_productivity": may(viewer.role, Permission.VIEW_PRODUCTIVITY),
        "gets_mail": DueAlert.objects.filter(user=viewer.user, is_on=True).exists(),
        "may_open_claims": may(viewer.role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "workspace/worklist.html", context, fragment="table")


@require_safe
@require_role
def export(request: HttpRequest) -> HttpResponseBase:
    """All rows of the filter, in their order, without the columns left out there; the file names no patient."""
    viewer = viewer_of(request)
    ordered = worklist.in_order(narrowed(request.GET, viewer), request.GET.get("sort", ""), tab_of(request.GET))
    return list_file(request, FILE, ordered.iterator(chunk_size=1000), number=ordered.count, patients=list)
