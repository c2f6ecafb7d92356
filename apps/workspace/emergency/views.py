"""Break-glass: a record opened beyond a role for half an hour, and the administrator's look at it afterwards."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake import services as intake
from apps.intake.models import EmergencyAccess, Patient
from apps.practice.access import request_role, require, require_role, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, Role, closed_of_records
from apps.workspace.emergency import reading
from apps.workspace.emergency.forms import ReasonForm, ReviewForm
from apps.workspace.trail.wording import sentence

PAGE_SIZE = 50
# What each permission opens of a patient's record, in people's words.
OPENS = {
    Permission.VIEW_CLAIMS: "claims, with their lines, diagnoses, ledger and files",
    Permission.VIEW_DENIALS: "denials",
    Permission.VIEW_BALANCES: "balances, payments and messages",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.VIEW_ELIGIBILITY)
def open_record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reason is asked first; whose role opens the whole record has nothing to open here."""
    closed = closed_of_records(request_role(request))
    if not closed:
        raise PermissionDenied
    patient = get_object_or_404(Patient, public_id=public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _opened(request, patient, form.cleaned_data["reason"])
    audit_read(request, "patient", patient.public_id, patients=[patient.public_id])
    context = {
        "form": form,
        "patient": patient,
        "opens": [words for permission, words in OPENS.items() if permission in closed],
        "minutes": int(intake.EMERGENCY_LASTS.total_seconds() // 60),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workspace/emergency_open.html", context, status=status)


def _opened(request: HttpRequest, patient: Patient, reason: str) -> HttpResponse:
    try:
        intake.open_in_emergency(
            patient_id=patient.public_id,
            reason=reason,
            acting_user=signed_in_user(request),
            now=clock.now(),
            address=request.META.get("REMOTE_ADDR"),
        )
    except intake.EmergencyRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("workspace:open_emergency", patient.public_id)
    return redirect("workspace:patient", patient.public_id)


@require_POST
@require_role
def close_record(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(EmergencyAccess.objects.select_related("patient"), public_id=public_id)
    if found.user != signed_in_user(request):
        raise Http404
    _told(request, lambda: _close(request, public_id), "The record is closed again.")
    return redirect("workspace:patient", found.patient.public_id)


def _close(request: HttpRequest, public_id: str) -> None:
    intake.close_emergency(emergency_id=public_id, acting_user=signed_in_user(request), now=clock.now())


def _told(request: HttpRequest, verb: Callable[[], None], done: str) -> None:
    try:
        verb()
        messages.success(request, done)
    except intake.EmergencyRefusedError as refusal:
        messages.error(request, str(refusal))


# ------------------------------------------------------------------------------------------------ the administrator's side


@require_safe
@require(Permission.VIEW_AUDIT)
def accesses(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    page = Paginator(reading.accesses(), PAGE_SIZE).get_page(request.GET.get("page"))
    audit_read(request, "emergency_access", patients=[each.patient.public_id for each in page], action="list")
    context = {
        "page": page,
        "rows": [(each, *reading.standing(each, now)) for each in page],
        "to_look_at": reading.to_look_at(now),
        "tab": "emergency",
    }
    return render_page(request, "workspace/emergencies.html", context)


@require_safe
@require(Permission.VIEW_AUDIT)
def access(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _found(public_id)
    now = clock.now()
    audit_read(request, "emergency_access", found.public_id, patients=[found.patient.public_id])
    shape, word = reading.standing(found, now)
    is_over, is_own = found.ends_at <= now, found.user == signed_in_user(request)
    membership = getattr(found.user, "membership", None)
    context = {
        "access": found,
        "role": Role(membership.role).label if membership else "No role",
        "shape": shape,
        "word": word,
        "is_over": is_over,
        "is_own": is_own,
        "form": ReviewForm() if is_over and not is_own and found.reviewed_at is None else None,
        "reads": [(event, sentence(event.action, event.subject_kind)) for event in reading.looked_at(found)],
    }
    return render_page(request, "workspace/emergency.html", context)


def _found(public_id: str) -> EmergencyAccess:
    return get_object_or_404(reading.accesses(), public_id=public_id)


@require_POST
@require(Permission.CONFIGURE)
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    _found(public_id)

    def verb() -> None:
        intake.review_emergency(
            emergency_id=public_id,
            verdict=request.POST.get("verdict", ""),
            remark=request.POST.get("remark", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )

    _told(request, verb, "Noted, with your name.")
    return redirect("settings:emergency", public_id)


@require_POST
@require(Permission.CONFIGURE)
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """While it lasts: the next page that the person asks for is closed to them again."""
    _found(public_id)
    _told(request, lambda: _close(request, public_id), "The record is closed to them again.")
    return redirect("settings:emergency", public_id)
