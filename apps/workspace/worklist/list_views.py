"""What the worklist may be asked for by its address, its columns, and which work that shows to whom."""

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from apps.core import clock
from apps.practice.access import request_role, signed_in_user
from apps.worklist.bulk_views import BulkList
from apps.worklist.lists import ListOfWork
from apps.worklist.models import WorkItem
from apps.workspace.forms import WorklistFilterForm
from apps.workspace.selectors import worklist
from apps.workspace.selectors.worklist import DUE, SORTS, Tab, Viewer

WORKLIST = ListOfWork(
    key="worklist",
    url_name="workspace:worklist",
    permission=None,
    home=("view", Tab.ROLE.value),
    form=WorklistFilterForm,
    sorts=SORTS,
    columns={"about": "About", "person": "Owner", "opened": "Opened"},
    choices={"view": list(Tab), "due": DUE},
)


def viewer_of(request: HttpRequest) -> Viewer:
    role = request_role(request)
    assert role is not None  # noqa: S101  the guard let a role through
    return Viewer(signed_in_user(request), role, clock.today())


def tab_of(query: QueryDict) -> Tab:
    wanted = query.get("view", "")
    return Tab(wanted) if wanted in set(Tab) else Tab.ROLE


def narrowed(query: QueryDict, viewer: Viewer) -> "QuerySet[WorkItem]":
    """The work of the tab that the query asks for. What the form does not understand narrows nothing; the form says so."""
    form = WorklistFilterForm(query)
    form.is_valid()
    kind, person, amount = (form.cleaned_data.get(name) for name in ("kind", "assignee", "amount"))
    rows = worklist.due_in(worklist.work_in(tab_of(query), viewer), query.get("due", ""), viewer.today)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(assignee=person) if person else rows
    return rows.filter(amount_at_stake__gte=amount) if amount is not None else rows


def _shown(request: HttpRequest, query: QueryDict) -> "QuerySet[WorkItem]":
    return narrowed(query, viewer_of(request))


def _ticked(marks: list[str]) -> "QuerySet[WorkItem]":
    return WorkItem.objects.filter(public_id__in=marks)


def _reach(request: HttpRequest) -> "QuerySet[WorkItem]":
    return worklist.visible_work(viewer_of(request))


BULK = BulkList(
    of=WORKLIST,
    permission=None,
    shown=_shown,
    ticked=_ticked,
    row="item",
    reach=_reach,
    asked_of=worklist.asked_of,
)
