"""Today, the claim page, the patient page, search: pages that compose several rooms."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.core.htmx import render_page
from apps.practice.access import require, require_role
from apps.practice.roles import Permission
from apps.workspace.context import THEMES

YEAR = 365 * 24 * 60 * 60


@require_safe
@require_role
def today(request: HttpRequest) -> HttpResponse:
    return render_page(request, "workspace/today.html", {})


@require_safe
@require_role
def search(request: HttpRequest) -> HttpResponse:
    return render_page(request, "workspace/search.html", {})


@require_safe
@require(Permission.VIEW_CLAIMS)
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    return render_page(request, "workspace/claim.html", {"public_id": public_id})


@require_safe
@require_role
def patient(request: HttpRequest, public_id: str) -> HttpResponse:
    return render_page(request, "workspace/patient.html", {"public_id": public_id})


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
