"""Saved views and chosen columns of any list of work: what its page shows of them, and the addresses that change them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import wants_fragment
from apps.core.readable_text import posted_query
from apps.practice.access import guard_for, request_role, signed_in_user
from apps.practice.roles import Permission, Role, may
from apps.worklist import services
from apps.worklist.forms import ViewNameForm
from apps.worklist.lists import ListOfWork
from apps.worklist.models import ListChoice, SavedView

# Parameters that say where in a list one stands and what one has selected: no part of its filter.
OF_ONE_LOOK = frozenset({"page", "selected"})


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view above its list. `is_open`: the address asks for just this."""

    view: SavedView
    href: str
    is_open: bool
    is_own: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class ListTools:
    """What stands above a list. `shown`: of each column that may be left out, whether it is there."""

    links: list[ViewLink]
    shown: dict[str, bool]
    columns: list[tuple[str, str, bool]]
    roles: list[tuple[str, str]]
    save_href: str
    change_href: str
    columns_href: str
    name_form: ViewNameForm

    @property
    def own(self) -> list[ViewLink]:
        return [link for link in self.links if link.is_own]


def list_tools(request: HttpRequest, of: ListOfWork) -> ListTools:
    """Two questions to the database, whatever the list."""
    user, choice = signed_in_user(request), _choice(request, of)
    now = request.GET.copy()
    now.setdefault(*of.home)
    asked = {name: value for name, value in now.items() if value and name not in OF_ONE_LOOK}
    shown = _shown(of, choice)
    may_share = may(request_role(request), Permission.CONFIGURE)
    links = [
        ViewLink(
            view=view,
            href=f"{reverse(of.url('view'))}?view={view.public_id}",
            is_open=QueryDict(view.query).dict() == asked,
            is_own=view.owner_id == user.pk or (may_share and view.role != ""),
            is_first=choice.opens_with_id == view.pk,
        )
        for view in _visible(request, of)
    ]
    return ListTools(
        links=links,
        shown=shown,
        columns=[(name, label, shown[name]) for name, label in of.columns.items()],
        roles=[(role.value, role.label) for role in Role if may_share and services.opens_list(role, of.permission)],
        save_href=reverse(of.url("save_view")),
        change_href=reverse(of.url("change_view")),
        columns_href=reverse(of.url("columns")),
        name_form=ViewNameForm(auto_id="id_view_%s"),
    )


def shown_columns(request: HttpRequest, of: ListOfWork) -> dict[str, bool]:
    """For a row that is shown anew by itself."""
    return _shown(of, _choice(request, of))


def first_view(request: HttpRequest, of: ListOfWork) -> HttpResponse | None:
    """Where the list's plain address leads whoever lets it open with a view."""
    if request.GET or wants_fragment(request):
        return None
    choice = _choice(request, of)
    view = _visible(request, of).filter(pk=choice.opens_with_id).first() if choice.opens_with_id else None
    return _opened(request, of, view) if view else None


def _choice(request: HttpRequest, of: ListOfWork) -> ListChoice:
    """Asked of the database once a request."""
    memo = f"_throughline_list_{of.key}"
    if not hasattr(request, memo):
        found = ListChoice.objects.filter(user=signed_in_user(request), of_list=of.key).first()
        setattr(request, memo, found or ListChoice())
    choice: ListChoice = getattr(request, memo)
    return choice


def _shown(of: ListOfWork, choice: ListChoice) -> dict[str, bool]:
    return {name: name not in choice.left_out for name in of.columns}


def _visible(request: HttpRequest, of: ListOfWork) -> "QuerySet[SavedView]":
    """One's own, and what is shared with one's role; to an administrator all that is shared."""
    role = request_role(request)
    seen = Q(owner=signed_in_user(request)) | (Q(role=role.value) if role else Q(pk=None))
    if may(role, Permission.CONFIGURE):
        seen |= ~Q(role="")
    return SavedView.objects.filter(seen, of_list=of.key).order_by("name", "pk")


# ------------------------------------------------------------------ addresses


def list_urls(of: ListOfWork) -> list[URLPattern]:
    """Below the list's own address, each guarded by the list's permission."""

    def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        return guard_for(of.permission)(partial(view, of=of))

    return [
        path("views/open/", require_safe(guarded(_open)), name=f"{of.key}_view"),
        path("views/save/", require_POST(guarded(_save)), name=f"{of.key}_save_view"),
        path("views/change/", require_POST(guarded(_change)), name=f"{of.key}_change_view"),
        path("views/columns/", require_POST(guarded(_columns)), name=f"{of.key}_columns"),
    ]


def _open(request: HttpRequest, *, of: ListOfWork) -> HttpResponse:
    return _opened(request, of, get_object_or_404(_visible(request, of), public_id=request.GET.get("view", "")))


def _opened(request: HttpRequest, of: ListOfWork, view: SavedView) -> HttpResponse:
    """The list by its address. A filter that can no longer be asked for is left out, and said."""
    asked = of.asked(QueryDict(view.query))
    if asked.dropped:
        messages.warning(request, f"Left out of this view, as no longer known: {', '.join(asked.dropped)}.")
    return _to(of, asked.query)


def _save(request: HttpRequest, *, of: ListOfWork) -> HttpResponse:
    query, form = posted_query(request), ViewNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _fault(form))
        return _back(request, of)
    asked = of.asked(query)
    kept = {*QueryDict(asked.query), *OF_ONE_LOOK}
    try:
        services.save_view(
            of_list=of.key,
            name=form.cleaned_data["name"],
            query=asked.query,
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except services.ViewRefusedError as refusal:
        messages.error(request, str(refusal))
        return _back(request, of)
    left_out = any(value and name not in kept for name, value in query.items())
    messages.success(request, f"View saved.{' What you searched for is not part of it.' if left_out else ''}")
    return _back(request, of)


def _change(request: HttpRequest, *, of: ListOfWork) -> HttpResponse:
    act = _ACTS.get(request.POST.get("act", ""))
    view = get_object_or_404(_visible(request, of), public_id=request.POST.get("view", ""))
    try:
        if act is not None:
            messages.success(request, act(request, of, view))
    except services.ViewRefusedError as refusal:
        messages.error(request, str(refusal))
    except SavedView.DoesNotExist:
        messages.error(request, "Only whoever saved a view changes it.")
    return _back(request, of)


def _call(request: HttpRequest, of: ListOfWork, view: SavedView) -> dict[str, Any]:
    user = signed_in_user(request)
    return {"of_list": of.key, "public_id": view.public_id, "acting_user": user, "now": clock.now()}


def _rename(request: HttpRequest, of: ListOfWork, view: SavedView) -> str:
    form = ViewNameForm(request.POST)
    if not form.is_valid():
        raise services.ViewRefusedError(_fault(form))
    services.rename_view(name=form.cleaned_data["name"], **_call(request, of, view))
    return "View renamed."


def _delete(request: HttpRequest, of: ListOfWork, view: SavedView) -> str:
    services.delete_view(**_call(request, of, view))
    return "View deleted."


def _share(request: HttpRequest, of: ListOfWork, view: SavedView) -> str:
    wanted = request.POST.get("role", "")
    if wanted and wanted not in set(Role):
        raise services.ViewRefusedError("Choose one of the roles, or nobody.")
    role = Role(wanted) if wanted else None
    services.share_view(role=role, permission=of.permission, **_call(request, of, view))
    return f"Shared: every {role.label.lower()} sees it." if role else "Only whoever saved it sees it."


def _first(request: HttpRequest, of: ListOfWork, view: SavedView) -> str:
    services.open_list_with(of_list=of.key, view=view, acting_user=signed_in_user(request), now=clock.now())
    return "The list opens with this view."


def _not_first(request: HttpRequest, of: ListOfWork, _view: SavedView) -> str:
    services.open_list_with(of_list=of.key, view=None, acting_user=signed_in_user(request), now=clock.now())
    return "The list opens whole."


_ACTS: dict[str, Callable[[HttpRequest, ListOfWork, SavedView], str]] = {
    "rename": _rename,
    "delete": _delete,
    "share": _share,
    "first": _first,
    "not_first": _not_first,
}


def _columns(request: HttpRequest, *, of: ListOfWork) -> HttpResponse:
    left_out = set(of.columns) - set(request.POST.getlist("column"))
    services.choose_columns(of_list=of.key, left_out=left_out, acting_user=signed_in_user(request), now=clock.now())
    return _back(request, of)


def _fault(form: ViewNameForm) -> str:
    return " ".join(str(fault) for faults in form.errors.values() for fault in faults)


def _back(request: HttpRequest, of: ListOfWork) -> HttpResponseRedirect:
    return back_to(of, posted_query(request))


def back_to(of: ListOfWork, query: QueryDict) -> HttpResponseRedirect:
    """To the list as it was filtered; never to its plain address, which may lead to a view."""
    query.setdefault(*of.home)
    return _to(of, query.urlencode())


def _to(of: ListOfWork, query: str) -> HttpResponseRedirect:
    return redirect(f"{reverse(of.url_name)}?{query}")
