"""Corrections of an answered claim, begun and closed on its page. One view a verb."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.claims import services
from apps.claims.models import Claim, Correction
from apps.core import clock
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission

# What a person may be told and go on from; anything else is an error of ours.
_TOLD = (
    services.ClaimNotEditableError,
    services.CorrectionRefusedError,
    services.PayerNumberRefusedError,
    services.ReasonMissingError,
)
# What is done, and the page where it goes on.
Act = Callable[[HttpRequest, str], tuple[str, str]]


def _act(act: Act) -> Callable[..., HttpResponse]:
    """Done and told, or refused with its sentence; then the page where it goes on."""

    @require_POST
    @require(Permission.SUBMIT_CLAIMS)
    @wraps(act)
    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        get_object_or_404(Claim, public_id=public_id)
        try:
            done, page = act(request, public_id)
        except _TOLD as no:
            messages.error(request, str(no))
            return redirect("workspace:claim", public_id)
        messages.success(request, done)
        return redirect(page, public_id)

    return view


@_act
def correct(request: HttpRequest, public_id: str) -> tuple[str, str]:
    services.correct_by_hand(
        claim_id=public_id,
        way=request.POST.get("way", ""),
        note=request.POST.get("note", ""),
        found_out=bool(request.POST.get("found_out")),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return "Change the claim and save it; then it leaves with the next file.", "claims:exception"


@_act
def void(request: HttpRequest, public_id: str) -> tuple[str, str]:
    note = request.POST.get("note", "")
    services.void_at_payer(claim_id=public_id, note=note, acting_user=signed_in_user(request), now=clock.now())
    return "The void leaves with the next file. Its charges stay until the payer has answered.", "workspace:claim"


@_act
def void_here(request: HttpRequest, public_id: str) -> tuple[str, str]:
    reason = request.POST.get("note", "")
    services.void_claim(claim_id=public_id, reason=reason, acting_user=signed_in_user(request), now=clock.now())
    return "Voided. Its charges have left the receivables.", "workspace:claim"


@_act
def cancel(request: HttpRequest, public_id: str) -> tuple[str, str]:
    found = get_object_or_404(Correction, claim__public_id=public_id, public_id=request.POST.get("correction", ""))
    reason = request.POST.get("reason", "")
    services.cancel_correction(
        correction_id=found.public_id, reason=reason, acting_user=signed_in_user(request), now=clock.now()
    )
    return "Cancelled. The claim stands as the payer's answers leave it.", "workspace:claim"


@_act
def payer_number(request: HttpRequest, public_id: str) -> tuple[str, str]:
    services.enter_payer_number(
        claim_id=public_id,
        number=request.POST.get("number", ""),
        source=request.POST.get("source", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return "The payer's claim number is on file.", "workspace:claim"


@_act
def reopen(request: HttpRequest, public_id: str) -> tuple[str, str]:
    note = request.POST.get("note", "")
    services.start_reopening(claim_id=public_id, note=note, acting_user=signed_in_user(request), now=clock.now())
    return "A task was opened. Ask the payer, then enter its reference number here.", "workspace:claim"


@_act
def reopened(request: HttpRequest, public_id: str) -> tuple[str, str]:
    services.close_reopening(
        claim_id=public_id,
        channel=request.POST.get("channel", ""),
        reference=request.POST.get("reference", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return "Noted. The payer's new answer comes as a remittance.", "workspace:claim"
