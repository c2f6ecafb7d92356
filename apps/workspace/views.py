"""What every page has around it: search, what is masked, light or dark, the session that stays."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.htmx import render_page
from apps.practice.access import request_role, require, require_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.workspace.context import THEMES
from apps.workspace.selectors import reveals
from apps.workspace.selectors.search import search as find

YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def search(request: HttpRequest) -> HttpResponse:
    """Searches come by POST: a patient's name has no place in an address or a server's log."""
    role = request_role(request)
    assert role is not None  # noqa: S101  the guard let a role through
    words = request.POST.get("q", "")[:80].strip()
    found = find(words, role)
    seen = [*(row.public_id for row in found.patients), *(row.patient.public_id for row in found.claims)]
    audit_read(request, "search", patients=seen, action="list")
    if found.number == 1 and found.claims:
        return redirect("workspace:claim", found.claims[0].public_id)
    return render_page(request, "workspace/search.html", {"words": words, "found": found})


@require_POST
@require(Permission.REVEAL_IDENTITY)
def reveal(request: HttpRequest, kind: str, of: str) -> HttpResponse:
    """A number, or segments, that pages mask, seen whole; by POST, so that no link, robot or prefetch ever looks."""
    if kind not in reveals.KINDS:
        raise Http404
    if not may(request_role(request), reveals.KINDS[kind][0]):
        raise PermissionDenied
    found = reveals.find(kind, of)
    if found is None:
        raise Http404
    audit_read(request, kind, of[:40], patients=found.patients, action="reveal")
    return render_page(request, "workspace/reveal.html", {"found": found}, fragment="whole")


@require_POST
@require_role
def stay(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django passes it
    """Whoever reads a long page is at work too: any request keeps the session, and this one does nothing else."""
    return HttpResponse(status=204)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark without script, then go back to where the person was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=False
        )
    return response
