"""Settings, Connections: the integration map with the health of each link, and the test of one. An administrator's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.connectors.models import Connection
from apps.connectors.try_out import try_out
from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.workspace.connections.reading import links, nodes


@require_safe
@require(Permission.CONFIGURE)
def connections(request: HttpRequest) -> HttpResponse:
    found = links(clock.now())
    systems = [link for link in found if link.connection is not None and link.connection.enabled]
    context = {
        "links": found,
        "map": nodes(found),
        "number": len(systems),
        "up": sum(link.state == "good" for link in systems),
        "down": [link for link in systems if link.state == "problem"],
        "untried": sum(link.state == "waiting" for link in systems),
        "tab": "connections",
    }
    return render_page(request, "workspace/connections.html", context)


@require_POST
@require(Permission.CONFIGURE)
def test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks the other side, for as long as its adapter waits for an answer."""
    connection = get_object_or_404(Connection, public_id=public_id)
    failure = try_out(connection=connection, acting_user=signed_in_user(request), now=clock.now())
    if failure:
        messages.error(request, f"{connection.name} does not answer. {failure}")
    else:
        messages.success(request, f"{connection.name} answers.")
    return redirect("settings:connections")
