"""Charges and appointments that did not come in by themselves."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
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


_CHARGES = RefusedCharges.objects.exclude(key__startswith=RefusedCharges.APPOINTMENT)
_APPOINTMENTS = RefusedCharges.objects.filter(key__startswith=RefusedCharges.APPOINTMENT)


@require_safe
@require(Permission.VIEW_CLAIMS)
def refused_charges(request: HttpRequest, public_id: str) -> HttpResponse:
    """A charge file with its refused lines, or a visit that could not come in: neither shows a patient."""
    return _page(request, _CHARGES, public_id, Permission.SUBMIT_CLAIMS)


@require_safe
@require(Permission.VIEW_ELIGIBILITY)
def refused_appointment(request: HttpRequest, public_id: str) -> HttpResponse:
    return _page(request, _APPOINTMENTS, public_id, Permission.WORK_ELIGIBILITY)


def _page(request: HttpRequest, rows: QuerySet[RefusedCharges], public_id: str, to_decide: Permission) -> HttpResponse:
    rows = rows.select_related("connection", "transmission__charge_file", "work_item").defer("transmission__payload")
    found = get_object_or_404(rows, public_id=public_id)
    audit_read(request, "refused_charges", found.public_id, patients=[])
    file = getattr(found.transmission, "charge_file", None)
    context = {
        "found": found,
        "file": file,
        "page": Paginator(file.problems if file else [], PAGE_SIZE).get_page(request.GET.get("page")),
        "may_decide": may(request_role(request), to_decide) and found.work_item.state == WorkItem.State.OPEN,
    }
    return render_page(request, "workspace/refused_charges.html", context)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def set_refused_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    return _set_aside(request, get_object_or_404(_CHARGES, public_id=public_id))


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def set_appointment_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    return _set_aside(request, get_object_or_404(_APPOINTMENTS, public_id=public_id))


def _set_aside(request: HttpRequest, found: RefusedCharges) -> HttpResponse:
    try:
        intake.set_refused_aside(
            refused_id=found.public_id,
            outcome=request.POST.get("outcome", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Noted.")
    except intake.RefusedNotOpenError as refusal:
        messages.error(request, str(refusal))
    page = "workspace:refused_appointment" if found.is_appointment else "workspace:refused_charges"
    return redirect(page, found.public_id)
