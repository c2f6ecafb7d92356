"""Many rows of a list at once: the ticked ones, or all of a filter as they stood when they were selected."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.core.readable_text import posted_query
from apps.practice.access import guard_for, signed_in_user
from apps.practice.roles import Permission
from apps.worklist import services
from apps.worklist.forms import AssignForm
from apps.worklist.item_views import NotDoneError, assign_items, snooze_items
from apps.worklist.list_views import OF_ONE_LOOK, back_to
from apps.worklist.lists import ListOfWork
from apps.worklist.models import Selection, WorkItem

# At most so many rows stand on a page, and so many can be ticked.
MOST_TICKED = 50


def _all_work(_request: HttpRequest) -> "QuerySet[WorkItem]":
    return WorkItem.objects.all()


@dataclass(frozen=True, slots=True)
class BulkList:
    """A list whose rows are work items or have one. `permission`: of whoever changes them; None: any role.

    `shown`: the tasks of all rows, of whatever page, that a query shows to the person. `ticked`: those with the posted marks of rows,
    `row` being the name of a row's box. `reach`: what the person may still change when a selection is used. `asked_of`: what one item
    asks of whoever is to do it, where that differs from item to item.
    """

    of: ListOfWork
    permission: Permission | None
    shown: Callable[[HttpRequest, QueryDict], "QuerySet[WorkItem]"]
    ticked: Callable[[list[str]], "QuerySet[WorkItem]"]
    row: str
    reach: Callable[[HttpRequest], "QuerySet[WorkItem]"] = _all_work
    asked_of: Callable[[WorkItem], Permission | None] | None = None
    may_snooze: bool = True


@dataclass(frozen=True, slots=True)
class BulkBar:
    """What stands below a list's rows. `total`: rows of the filter; `picked`: primary keys of the tasks that are selected."""

    total: int
    has_more: bool
    selection: Selection | None
    picked: frozenset[int]
    clear_href: str
    select_href: str
    assign_href: str
    snooze_href: str
    assign_form: AssignForm

    @property
    def people(self) -> str:
        """The choice of persons, asked of the database when it is shown."""
        return self.assign_form["assignee"].as_widget(attrs={"id": "id_assignee_bulk", "data-pick-key": "a"})


def bulk_bar(request: HttpRequest, bulk: BulkList, *, total: int, on_page: int) -> BulkBar:
    selection = selected(request, bulk.of)
    without = request.GET.copy()
    without.pop("selected", None)
    without.setdefault(*bulk.of.home)
    return BulkBar(
        total=total,
        has_more=total > on_page,
        selection=selection,
        picked=frozenset(selection.items if selection else ()),
        clear_href=f"?{without.urlencode()}",
        select_href=reverse(bulk.of.url("select")),
        assign_href=reverse(bulk.of.url("assign")),
        snooze_href=reverse(bulk.of.url("snooze")) if bulk.may_snooze else "",
        assign_form=AssignForm(permission=bulk.permission),
    )


def selected(request: HttpRequest, of: ListOfWork) -> Selection | None:
    """What the address says is selected, as long as it asks for the filter of which that was all."""
    public_id = request.GET.get("selected", "")
    found = _own(request, of).filter(public_id=public_id).first() if public_id else None
    return found if found and found.query == _filter_of(request.GET, of) else None


def _own(request: HttpRequest, of: ListOfWork) -> "QuerySet[Selection]":
    return Selection.objects.filter(owner=signed_in_user(request), of_list=of.key)


def _filter_of(query: QueryDict, of: ListOfWork) -> str:
    """In one order of names, whatever the order of the rows."""
    asked = dict([of.home]) | {name: value for name, value in query.items() if value}
    return urlencode(sorted((name, value) for name, value in asked.items() if name not in OF_ONE_LOOK | {"sort"}))


# ------------------------------------------------------------------ addresses


def bulk_urls(bulk: BulkList) -> list[URLPattern]:
    """Below the list's own address, each guarded by the permission of whoever changes its rows."""

    def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        return guard_for(bulk.permission)(require_POST(partial(view, bulk=bulk)))

    key = bulk.of.key
    addresses = [
        path("many/select/", guarded(_select), name=f"{key}_select"),
        path("many/assign/", guarded(partial(_change, act=_assign)), name=f"{key}_assign"),
    ]
    if bulk.may_snooze:
        addresses.append(path("many/snooze/", guarded(partial(_change, act=_snooze)), name=f"{key}_snooze"))
    return addresses


def _select(request: HttpRequest, *, bulk: BulkList) -> HttpResponse:
    return back_to(bulk.of, all_shown(request, bulk))


def all_shown(request: HttpRequest, bulk: BulkList) -> QueryDict:
    """Select all open tasks that the posted filter shows at this moment, and none that it will show later; that filter's address."""
    query = posted_query(request)
    found = bulk.shown(request, query).filter(state=WorkItem.State.OPEN).order_by().values_list("pk", flat=True)
    return _taken(request, bulk, query, list(found.distinct()))


def all_chosen(request: HttpRequest, bulk: BulkList) -> QueryDict:
    """What is selected and the ticked rows besides, as one selection of the posted filter; its address. Raises NotDoneError."""
    return _taken(request, bulk, posted_query(request), [item.pk for item in _chosen(request, bulk)])


def _taken(request: HttpRequest, bulk: BulkList, query: QueryDict, items: list[int]) -> QueryDict:
    selection = services.take_selection(
        of_list=bulk.of.key,
        query=_filter_of(query, bulk.of),
        items=items,
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    query["selected"] = selection.public_id
    return query


def _change(request: HttpRequest, *, bulk: BulkList, act: Callable[[HttpRequest, BulkList], str]) -> HttpResponse:
    """Done and told, then the list as it was filtered, with nothing selected any more; what was refused stays selected."""
    query = posted_query(request)
    try:
        messages.success(request, act(request, bulk))
        query.pop("selected", None)
    except NotDoneError as refusal:
        messages.error(request, str(refusal))
    return back_to(bulk.of, query)


def _assign(request: HttpRequest, bulk: BulkList) -> str:
    return assign_items(request, _chosen(request, bulk), permission=bulk.permission, asked_of=bulk.asked_of)


def _snooze(request: HttpRequest, bulk: BulkList) -> str:
    return snooze_items(request, _chosen(request, bulk))


def posted_selection(request: HttpRequest, of: ListOfWork) -> Selection:
    """Raises NotDoneError for one that is no more."""
    found = _own(request, of).filter(public_id=request.POST.get("selection", "")).first()
    if found is None:
        raise NotDoneError("A later selection took the place of this one. Select the rows again.")
    return found


def _chosen(request: HttpRequest, bulk: BulkList) -> list[WorkItem]:
    """What is selected, and the ticked rows besides. Raises NotDoneError for a selection that is no more."""
    keys = set(bulk.ticked(request.POST.getlist(bulk.row)[:MOST_TICKED]).values_list("pk", flat=True))
    if request.POST.get("selection"):
        keys.update(posted_selection(request, bulk.of).items)
    reached = bulk.reach(request).select_related(None).only("pk", "url_name")
    return list(reached.filter(pk__any_of=list(keys)))
