"""The patient's page, and what is settled on it."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake import services as intake
from apps.intake.models import Patient
from apps.intake.selectors.alike import patients_alike
from apps.intake.selectors.disputes import latest_dispute
from apps.intake.views.records import require_record
from apps.practice.access import emergency_of, may_read, request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, closed_of_records, may
from apps.worklist.forms import NoteForm
from apps.workspace.documents.reading import documents_of_patient
from apps.workspace.forms import HospiceForm
from apps.workspace.selectors import patient_page
from apps.workspace.selectors.notes import notes_of_patient


def _itself(public_id: str) -> QuerySet[Patient]:
    return Patient.objects.filter(public_id=public_id)


@require_safe
@require_record(Permission.VIEW_ELIGIBILITY, _itself)
def patient(request: HttpRequest, public_id: str) -> HttpResponse:
    now = clock.now()
    found = patient_page.find_patient(public_id)
    if found is None:
        raise Http404
    audit_read(request, "patient", found.public_id, patients=[found.public_id])
    role = request_role(request)
    dispute, dispute_waits = latest_dispute(found.pk)
    with_claims, with_account = (may_read(request, each) for each in (Permission.VIEW_CLAIMS, Permission.VIEW_BALANCES))
    context = {
        "view": patient_page.patient_view(found, now, with_claims=with_claims, with_account=with_account),
        "documents": documents_of_patient(found) if with_claims else None,
        "notes": notes_of_patient(
            found,
            with_claims=with_claims,
            with_denials=may_read(request, Permission.VIEW_DENIALS),
            with_balances=with_account,
            with_remittances=may(role, Permission.VIEW_REMITTANCES),
            is_all=request.GET.get("notes") == "all",
        ),
        "note_form": NoteForm(auto_id="note_%s") if may(role, Permission.VIEW_ELIGIBILITY) else None,
        "patient": found,
        "alike": patients_alike(found),
        "may_settle_alike": may(role, Permission.ENTER_CHARGES),
        "dispute": dispute,
        "dispute_waits": dispute_waits,
        "may_keep_entered": may(role, Permission.WORK_ELIGIBILITY),
        "hospice_form": HospiceForm() if may(role, Permission.WORK_ELIGIBILITY) else None,
        "may_audit": may(role, Permission.VIEW_AUDIT),
        "may_break_glass": bool(closed_of_records(role)) and emergency_of(request) is None,
    }
    return render_page(request, "workspace/patient.html", context)


@require_POST
@require(Permission.ENTER_CHARGES)
def settle_alike(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(_itself(public_id).only("pk"))
    try:
        intake.settle_alike(
            patient_id=public_id,
            outcome=request.POST.get("outcome", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except intake.AlikeError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Noted. This patient stays as it is here.")
    return redirect("workspace:patient", public_id)


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def record_hospice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What cannot be taken is said on the patient's page, which is shown again either way."""
    get_object_or_404(_itself(public_id).only("pk"))
    form = HospiceForm(request.POST)
    if not form.is_valid():
        problems = [f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items()]
        messages.error(request, " ".join(problems))
        return redirect("workspace:patient", public_id)
    try:
        intake.record_hospice_election(
            patient_id=public_id, acting_user=signed_in_user(request), now=clock.now(), **form.cleaned_data
        )
    except intake.HospiceDatesError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The hospice election is kept. Claims that are scrubbed from now on know it.")
    return redirect("workspace:patient", public_id)
