"""Pages that belong to no room: errors, health, the style guide."""

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from apps.core import clock, styleguide_samples
from apps.core.htmx import refusal, wants_fragment
from apps.core.lateness import late_automations

# What a part of a page is told, which has no room for an error page; a failure of ours may pass and is tried again (static/toasts.js).
_IN_A_PART = {
    "400.html": "Not done: what was sent is not understood. Load the page again.",
    "403.html": "Not done: your role may not do this. An administrator decides what your role may do.",
    "403_csrf.html": "Not done: this page has expired. Keep what you typed, load the page again and send it once more.",
    "404.html": "Not done: what this is about is no longer there. Load the page again to see what is.",
}
# Whoever meets an error here has no account and is told nothing of ours.
PATIENTS = "/pay/"


def _error_page(request: HttpRequest, status: int, template: str = "", **context: object) -> HttpResponse:
    if request.path.startswith(PATIENTS):
        return HttpResponse(_page_for_a_patient(), status=status)
    name = template or f"{status}.html"
    if wants_fragment(request):
        return refusal(_IN_A_PART[name], status)
    return render(request, name, {"error": status, **context}, status=status)


def _page_for_a_patient() -> str:
    """In both languages: which one is theirs is known by what may just have failed."""
    return render_to_string("pay/broken.html", {"language": "en"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`patient_id` of the exception: the page is of a patient's record, which the person may open in an emergency."""
    return _error_page(request, 403, closed_record=getattr(exception, "patient_id", ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    return _error_page(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _error_page(request, 404)


def takes_forms_only(request: HttpRequest) -> HttpResponse:
    """For whoever opens, as a page, an address that only takes a form: what was refused stands there until it is opened anew."""
    return _error_page(request, 405, "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever failed, this page asks nothing of the database."""
    if request.path.startswith(PATIENTS):
        return HttpResponseServerError(_page_for_a_patient())
    return HttpResponseServerError(render_to_string("500.html"))


@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view
    """For a load balancer: 200 while this process can reach its database, else 503. For a monitor: how many timed jobs are late."""
    try:
        late = len(late_automations(now=clock.now()))
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "late_automations": late})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with one example. The address exists in development only."""
    if not (settings.DEBUG or settings.DEMO_MODE):
        raise Http404
    return render(request, "styleguide.html", styleguide_samples.context())
