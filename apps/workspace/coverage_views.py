"""What the front desk decides on a patient's page about a plan that the EHR tells otherwise."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.intake import services as intake
from apps.intake.models import Patient
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def keep_entered(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Patient.objects.only("pk"), public_id=public_id)
    try:
        intake.keep_entered(
            patient_id=public_id,
            telling=request.POST.get("telling", ""),
            reason=request.POST.get("reason", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except intake.DisputeNotOpenError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Noted. The plan entered here stands until the EHR tells something new.")
    return redirect("workspace:patient", public_id)
