"""Settings, Connections: the integration map with the health of each link, and the test of one. An administrator's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.connectors.models import Connection
from apps.connectors.try_out import start_try_out
from apps.core import clock
from apps.core.htmx import render_page, wants_fragment
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.workspace.connections.reading import links, nodes
from apps.workspace.connections.testing import LastTest, last_test


@require_safe
@require(Permission.CONFIGURE)
def connections(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Has the other side asked, by a worker; and the page with how the last test of it stands.

    htmx asks with `?told=`, the stage that its page tells: it gets nothing while that is still so, and at the end all that changed.
    """
    connection = get_object_or_404(Connection, public_id=public_id)
    if request.method == "POST":
        start_try_out(connection=connection, acting_user=signed_in_user(request), now=clock.now())
        return redirect("settings:test_connection", public_id)
    last = last_test(connection, clock.now())
    if last and wants_fragment(request) and request.GET.get("told") == last.stage:
        return HttpResponse(status=204)
    return _page(request, last)


def _page(request: HttpRequest, last: LastTest | None) -> HttpResponse:
    found = links(clock.now())
    systems = [link for link in found if link.connection is not None and link.connection.enabled]
    context = {
        "links": found,
        "map": nodes(found),
        "number": len(systems),
        "up": sum(link.state == "good" for link in systems),
        "down": [link for link in systems if link.state == "problem"],
        "untried": sum(link.state == "waiting" for link in systems),
        "test": last,
        "swaps": wants_fragment(request),
        "tab": "connections",
    }
    return render_page(request, "workspace/connections.html", context, fragment="test" if last else None)
