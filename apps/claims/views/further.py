"""What people decide of claims that payers do not find, or have passed on, on the claim's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.claims import services
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def crossover(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Claim, public_id=public_id)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    try:
        services.settle_crossover(
            claim_id=public_id, outcome=outcome, note=note, acting_user=signed_in_user(request), now=clock.now()
        )
        messages.success(request, "Noted. What follows happens by itself.")
    except services.CrossoverNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:claim", public_id)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Claim, public_id=public_id)
    note = request.POST.get("note", "")
    try:
        status = services.resend_claim(
            claim_id=public_id, note=note, acting_user=signed_in_user(request), now=clock.now()
        )
        if status is ClaimStatus.READY:
            messages.success(request, "It leaves again with the next file.")
        else:
            messages.warning(
                request, "It does not leave yet: by today's rules something stops it. See the exception queue."
            )
    except services.ResendRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:claim", public_id)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def recheck(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Claim, public_id=public_id)
    try:
        services.settle_recheck(
            claim_id=public_id,
            note=request.POST.get("note", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Noted.")
    except services.RecheckNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:claim", public_id)
