"""A patient whom the EHR does not tell, on the way to their charges."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake.forms import PatientForm
from apps.intake.models import Patient
from apps.intake.services import KnownPatientError, enter_patient
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENTER_CHARGES)
def enter_new(request: HttpRequest) -> HttpResponse:
    today = clock.practice_date(clock.now())
    if request.method != "POST":
        return _show(request, PatientForm(initial={"token": uuid4().hex}, today=today))
    form = PatientForm(request.POST, today=today)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        patient = enter_patient(told=form.patient(), acting_user=signed_in_user(request), now=clock.now())
    except KnownPatientError as refusal:
        form.add_error(None, str(refusal))
        audit_read(request, "patient", patients=[refusal.patient.public_id], action="list")
        return _show(request, form, known=refusal.patient, status=422)
    messages.success(request, "The patient is entered. Now the charges.")
    return redirect("intake:enter_for_patient", patient.public_id)


def _show(request: HttpRequest, form: PatientForm, *, known: Patient | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "known": known}
    return render_page(request, "intake/new_patient.html", context, status=status)
