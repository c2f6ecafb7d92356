"""Charges that did not come in by themselves."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake import services as intake
from apps.intake.models import RefusedCharges
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.models import WorkItem

PAGE_SIZE = 50


@require_safe
@require(Permission.VIEW_CLAIMS)
def refused_charges(request: HttpRequest, public_id: str) -> HttpResponse:
    """A charge file with its refused lines, or a visit that could not come in: neither shows a patient."""
    rows = RefusedCharges.objects.select_related("connection", "transmission__charge_file", "work_item")
    found = get_object_or_404(rows.defer("transmission__payload"), public_id=public_id)
    audit_read(request, "refused_charges", found.public_id, patients=[])
    file = getattr(found.transmission, "charge_file", None)
    context = {
        "found": found,
        "file": file,
        "page": Paginator(file.problems if file else [], PAGE_SIZE).get_page(request.GET.get("page")),
        "may_decide": may(request_role(request), Permission.SUBMIT_CLAIMS)
        and found.work_item.state == WorkItem.State.OPEN,
    }
    return render_page(request, "workspace/refused_charges.html", context)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def set_refused_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(RefusedCharges, public_id=public_id)
    try:
        intake.set_refused_aside(
            refused_id=public_id,
            outcome=request.POST.get("outcome", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Noted.")
    except intake.RefusedNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:refused_charges", public_id)
