"""Settings, Connections: a system is connected, or how it is reached is changed. An administrator's."""

from itertools import groupby

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.connectors.keep_connection import keep_connection
from apps.connectors.models import Connection
from apps.connectors.registry import kinds
from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.workspace.connections.forms import ConnectionForm
from apps.workspace.connections.reading import links
from apps.workspace.setup.agreements import KINDS, name_of


@require_safe
@require(Permission.CONFIGURE)
def choose_system(request: HttpRequest) -> HttpResponse:
    by_kind = groupby(kinds().items(), key=lambda item: item[1])
    groups = [(KINDS[kind], [(adapter, name_of(adapter)) for adapter, _ in found]) for kind, found in by_kind]
    return render_page(request, "workspace/connection_new.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def connect(request: HttpRequest, adapter: str) -> HttpResponse:
    known = kinds()
    if adapter not in known:
        raise Http404("There is no such adapter.")
    fresh = Connection(adapter=adapter, kind=known[adapter], name=_free_name(adapter), settings={})
    return _edit(request, fresh)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_connection(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edit(request, get_object_or_404(Connection, public_id=public_id))


def _free_name(adapter: str) -> str:
    """What is offered: the vendor's own, where no connection has it yet."""
    name = name_of(adapter)[: Connection.name.field.max_length]
    return "" if Connection.objects.filter(name=name).exists() else name


def _edit(request: HttpRequest, row: Connection) -> HttpResponse:
    is_new, name = row.pk is None, row.name
    form = ConnectionForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid() and _is_kept(request, form):
        messages.success(request, f"{row.name} is saved. Test it to see whether it answers.")
        return redirect("settings:connections")
    context = {
        "form": form,
        "vendor": name_of(row.adapter),
        "kind": KINDS[Connection.Kind(row.kind)],
        "is_new": is_new,
        "link": next((link for link in links(clock.now()) if link.connection == row), None),
    }
    # What the form wrote into its row is not kept: the page names the connection as it stands.
    return render_page(
        request, "workspace/connection_form.html", {**context, "name": name}, status=422 if form.errors else 200
    )


def _is_kept(request: HttpRequest, form: ConnectionForm) -> bool:
    """False where another connection was given that name in this moment; the form says so."""
    try:
        with transaction.atomic():
            keep_connection(
                connection=form.instance,
                columns=form.columns(),
                written=form.written(),
                forgotten=form.forgotten(),
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
    except IntegrityError:
        form.add_error("name", "Another connection has this name.")
        return False
    return True
