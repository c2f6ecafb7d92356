"""A visit that the EHR tells otherwise than it was billed: side by side, and a person's decision."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services as claims
from apps.core import clock
from apps.core.htmx import render_page
from apps.intake import services as intake
from apps.intake.models import VisitConflict
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.workspace.selectors.visit_conflict import conflict_view, find_conflict


@require_safe
@require(Permission.VIEW_CLAIMS)
def visit_conflict(request: HttpRequest, public_id: str) -> HttpResponse:
    found = find_conflict(public_id)
    if found is None:
        raise Http404
    patients = [found.encounter.patient.public_id, found.patient.public_id]
    audit_read(request, "visit_conflict", found.public_id, patients=patients)
    is_open = found.state == VisitConflict.State.OPEN
    context = {
        "view": conflict_view(found),
        "conflict": found,
        "is_open": is_open,
        "may_decide": is_open and may(request_role(request), Permission.EDIT_CLAIMS),
    }
    return render_page(request, "workspace/visit_conflict.html", context)


@require_POST
@require(Permission.EDIT_CLAIMS)
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    def decide(**how: object) -> str:
        intake.keep_ours(**how)  # type: ignore[arg-type]  # as _decide gives them
        return "Ours stands."

    return _decide(request, public_id, decide)


@require_POST
@require(Permission.EDIT_CLAIMS)
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, claims.take_retold_visit)


def _decide(request: HttpRequest, public_id: str, verb: Callable[..., str]) -> HttpResponse:
    get_object_or_404(VisitConflict, public_id=public_id)
    try:
        done = verb(
            conflict_id=public_id,
            reason=request.POST.get("reason", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, done)
    except (intake.ConflictNotOpenError, claims.CorrectionRefusedError, claims.ClaimNotEditableError) as refusal:
        messages.error(request, str(refusal))
    except PermissionDenied as refusal:
        messages.error(request, f"{refusal} Ask a coder to take theirs here.")
    return redirect("workspace:visit_conflict", public_id)
