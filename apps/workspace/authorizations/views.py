"""A patient's authorizations and referrals: the list, and a form that enters or changes one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake import services as intake
from apps.intake.models import Patient
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.models import RequiredNumber
from apps.practice.roles import Permission, may
from apps.workspace.authorizations.forms import AuthorizationForm

PAGE_SIZE = 50


@require_safe
@require(Permission.VIEW_ELIGIBILITY)
def authorizations(request: HttpRequest, public_id: str) -> HttpResponse:
    patient = get_object_or_404(Patient, public_id=public_id)
    return _show(request, patient, AuthorizationForm(patient))


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def save_authorization(request: HttpRequest, public_id: str) -> HttpResponse:
    patient = get_object_or_404(Patient, public_id=public_id)
    form = AuthorizationForm(patient, request.POST)
    if not form.is_valid():
        return _show(request, patient, form, status=422)
    told = intake.TypedAuthorization(**{**form.cleaned_data, "kind": RequiredNumber(form.cleaned_data["kind"])})
    intake.save_authorization(patient=patient, told=told, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"{RequiredNumber(told.kind).label} {told.number} is on file.")
    return redirect("workspace:authorizations", patient.public_id)


def _show(request: HttpRequest, patient: Patient, form: AuthorizationForm, status: int = 200) -> HttpResponse:
    audit_read(request, "authorizations", patient.public_id, patients=[patient.public_id])
    rows = patient.authorizations.select_related("payer").order_by("-ends_on", "-pk")
    context = {
        "patient": patient,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "form": form,
        "today": clock.today(),
        "may_enter": may(request_role(request), Permission.WORK_ELIGIBILITY),
    }
    return render_page(request, "workspace/authorizations.html", context, status=status)
